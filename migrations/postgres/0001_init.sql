-- The first schema. Until the first release it is changed in this file; from the release on migrations are append-only:
-- this file is never touched again, and each change is a new file of the next number, one per engine.
--
-- Times are milliseconds since the Unix epoch (UTC), money is minor units, ids are 63-bit integers. Rows of the
-- installation, stores, products, customers, members and orders are projections: their truth is the fold of their history.

-- The shop as a whole: one row. Its epoch rises whenever older data take the place of newer.
CREATE TABLE installations (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CONSTRAINT installations_version_is_positive CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL CONSTRAINT installations_epoch_is_positive CHECK (epoch >= 1),
    -- Orders that were due to expire by then may, however many they are.
    expiries_approved_through BIGINT,
    -- The newest time that anything had when its clock was last found to have been ahead.
    clock_corrected_from BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX installations_is_one ON installations ((1));

CREATE TABLE stores (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CONSTRAINT stores_version_is_positive CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    time_zone TEXT COLLATE "C" NOT NULL,
    -- Where it sells: its national phone numbers are read as they are dialled there.
    country TEXT COLLATE "C",
    active BOOLEAN NOT NULL,
    change_window_minutes BIGINT,
    duplicate_window_minutes BIGINT,
    review_minutes BIGINT,
    start_minutes BIGINT,
    completion_minutes BIGINT,
    payment_minutes BIGINT,
    shipping_minutes BIGINT,
    cancel_unconfirmed_minutes BIGINT,
    reversal_minutes BIGINT,
    -- In thousandths of a percent of the goods.
    discount_limit BIGINT,
    -- In minor units.
    refund_limit BIGINT,
    -- How it is taxed and how it sends: JSON, if it says so.
    tax TEXT COLLATE "C",
    shipping TEXT COLLATE "C",
    -- How it is paid, likewise.
    payments TEXT COLLATE "C",
    public_board BOOLEAN NOT NULL DEFAULT FALSE,
    order_mails BOOLEAN NOT NULL DEFAULT FALSE,
    external_reference TEXT COLLATE "C" UNIQUE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE products (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CONSTRAINT products_version_is_positive CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    store_id BIGINT NOT NULL REFERENCES stores (id),
    sku TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C",
    price BIGINT NOT NULL CONSTRAINT products_price_is_in_range CHECK (price BETWEEN 0 AND 1000000000000),
    tax_class TEXT COLLATE "C",
    weight_grams BIGINT,
    active BOOLEAN NOT NULL,
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL CONSTRAINT products_reserved_is_not_negative CHECK (reserved >= 0),
    external_reference TEXT COLLATE "C" UNIQUE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- The version of the rules by which its words and keys are folded. Its index is partial so that nothing else takes it for
    -- the order of ids.
    folded_by BIGINT NOT NULL,
    CONSTRAINT products_reserved_is_on_hand CHECK (on_hand >= reserved),
    UNIQUE (store_id, sku)
);
CREATE INDEX products_by_folding ON products (folded_by, id) WHERE folded_by IS NOT NULL;
CREATE INDEX products_by_store ON products (store_id, id);
CREATE INDEX products_by_category ON products (category, id);
CREATE INDEX products_by_sku ON products (sku);

-- The words of a product, split beforehand: its row in the index of words.
CREATE TABLE product_search (
    id BIGINT PRIMARY KEY,
    words TSVECTOR NOT NULL
);
CREATE INDEX product_search_words ON product_search USING gin (words);

CREATE TABLE customers (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CONSTRAINT customers_version_is_positive CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C",
    email TEXT COLLATE "C",
    -- What all spellings of the address have in common; of members all addresses that look like it.
    email_key TEXT COLLATE "C" UNIQUE,
    phone TEXT COLLATE "C",
    -- Its digits from last to first.
    phone_reversed TEXT COLLATE "C",
    address TEXT COLLATE "C",
    external_reference TEXT COLLATE "C" UNIQUE,
    -- The one that they read.
    language TEXT COLLATE "C",
    email_verification TEXT COLLATE "C" NOT NULL DEFAULT 'unverified' CONSTRAINT customers_email_verification_is_known CHECK
        (email_verification IN ('unverified', 'required', 'verified')),
    active BOOLEAN NOT NULL,
    -- The customer wants it to be erased then, and when it was.
    deletion_due_at BIGINT,
    erased_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    folded_by BIGINT NOT NULL
);
CREATE INDEX customers_by_folding ON customers (folded_by, id) WHERE folded_by IS NOT NULL;
CREATE INDEX customers_by_deletion ON customers (deletion_due_at, id) WHERE deletion_due_at IS NOT NULL;
CREATE INDEX customers_erased ON customers (id) WHERE erased_at IS NOT NULL;
CREATE INDEX customers_by_phone ON customers (phone_reversed, id) WHERE phone_reversed IS NOT NULL;

-- The words of a customer, split beforehand, as those of a product.
CREATE TABLE customer_search (
    id BIGINT PRIMARY KEY,
    words TSVECTOR NOT NULL
);
CREATE INDEX customer_search_words ON customer_search USING gin (words);

CREATE TABLE members (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CONSTRAINT members_version_is_positive CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C",
    email TEXT COLLATE "C",
    email_key TEXT COLLATE "C" UNIQUE,
    phone TEXT COLLATE "C",
    address TEXT COLLATE "C",
    roles TEXT COLLATE "C" NOT NULL,
    stores TEXT COLLATE "C" NOT NULL,
    active BOOLEAN NOT NULL,
    must_change_password BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    folded_by BIGINT NOT NULL
);
CREATE INDEX members_by_folding ON members (folded_by, id) WHERE folded_by IS NOT NULL;

-- Passwords of customers and members, beside what has a history.
CREATE TABLE credentials (
    principal_id BIGINT PRIMARY KEY,
    password_hash TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    seal TEXT COLLATE "C" NOT NULL
);

-- Families of refresh tokens; a family is one login.
CREATE TABLE sessions (
    id BIGINT PRIMARY KEY,
    realm TEXT COLLATE "C" NOT NULL CONSTRAINT sessions_realm_is_known CHECK (realm IN ('customer', 'staff')),
    principal_id BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    token_hash TEXT COLLATE "C" NOT NULL,
    previous_hash TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    idle_until BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_because TEXT COLLATE "C",
    seal TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sessions_open ON sessions (principal_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE orders (
    id BIGINT PRIMARY KEY,
    -- The last symbols of its number, by which people name it.
    number_tail BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL CONSTRAINT orders_version_is_positive CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CONSTRAINT orders_status_is_known CHECK (status IN
        ('pending_review', 'confirmed', 'processing', 'completed', 'cancelled', 'invalid')),
    -- How far its execution came, also if it was cancelled or marked invalid since.
    executed_to TEXT COLLATE "C" NOT NULL CONSTRAINT orders_executed_to_is_known CHECK (executed_to IN
        ('pending_review', 'confirmed', 'processing', 'completed')),
    status_since BIGINT NOT NULL DEFAULT 0,
    -- What an order, its lines and its movements refer to the writer has read and `verify` looks for: no foreign keys.
    store_id BIGINT NOT NULL,
    customer_id BIGINT,
    source TEXT COLLATE "C" NOT NULL CONSTRAINT orders_source_is_known CHECK (source IN ('shop', 'staff', 'import')),
    source_status TEXT COLLATE "C",
    external_reference TEXT COLLATE "C" UNIQUE,
    currency TEXT COLLATE "C" NOT NULL,
    -- That of its store when it was placed.
    country TEXT COLLATE "C",
    subtotal BIGINT NOT NULL,
    discount_total BIGINT NOT NULL DEFAULT 0,
    shipping_total BIGINT NOT NULL,
    fee_total BIGINT NOT NULL DEFAULT 0,
    tax_total BIGINT NOT NULL DEFAULT 0 CONSTRAINT orders_tax_is_not_negative CHECK (tax_total >= 0),
    -- What of the tax comes on top of the prices.
    added_tax_total BIGINT NOT NULL DEFAULT 0 CONSTRAINT orders_added_tax_is_tax CHECK (added_tax_total IN (0, tax_total)),
    total BIGINT NOT NULL CONSTRAINT orders_total_is_in_range CHECK (total BETWEEN 0 AND 1000000000000),
    -- What the amounts are computed by, and what comes off or on top of them: JSON, if there is any.
    terms TEXT COLLATE "C",
    adjustments TEXT COLLATE "C",
    -- The highest number that one of these ever had.
    last_adjustment_no BIGINT NOT NULL DEFAULT 0,
    -- What was paid and given back, and what somebody has to look into: JSON, if there is any.
    payments TEXT COLLATE "C",
    attention TEXT COLLATE "C",
    -- What leaves together, and what was called off line by line: JSON, if there is any.
    fulfillments TEXT COLLATE "C",
    last_fulfillment_no BIGINT NOT NULL DEFAULT 0,
    cancellations TEXT COLLATE "C",
    -- What of the total is not owed any more, and what was paid. The total itself is what was agreed.
    cancelled_total BIGINT NOT NULL DEFAULT 0,
    credited_total BIGINT NOT NULL DEFAULT 0,
    written_off_total BIGINT NOT NULL DEFAULT 0,
    kept_total BIGINT NOT NULL DEFAULT 0,
    paid_total BIGINT NOT NULL DEFAULT 0,
    refunded_total BIGINT NOT NULL DEFAULT 0,
    refund_pending_total BIGINT NOT NULL DEFAULT 0,
    charged_back_total BIGINT NOT NULL DEFAULT 0,
    -- Below 0: the shop owes.
    balance_due BIGINT NOT NULL,
    -- Read off sums and counters.
    payment_status TEXT COLLATE "C" NOT NULL CONSTRAINT orders_payment_status_is_known CHECK (payment_status IN
        ('not_required', 'unpaid', 'pending', 'failed', 'authorized', 'partially_paid', 'paid', 'overpaid',
         'partially_refunded', 'refunded', 'charged_back')),
    fulfillment_status TEXT COLLATE "C" NOT NULL CONSTRAINT orders_fulfillment_status_is_known CHECK (fulfillment_status IN
        ('not_required', 'unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered')),
    return_status TEXT COLLATE "C" NOT NULL DEFAULT 'none' CONSTRAINT orders_return_status_is_known CHECK (return_status IN
        ('none', 'requested', 'in_progress', 'partially_returned', 'returned')),
    contact_name TEXT COLLATE "C",
    contact_phone TEXT COLLATE "C",
    contact_phone_reversed TEXT COLLATE "C",
    contact_email TEXT COLLATE "C",
    contact_email_key TEXT COLLATE "C",
    contact_address TEXT COLLATE "C",
    -- The version in which phone number or e-mail address last changed.
    contact_version BIGINT NOT NULL DEFAULT 1,
    note TEXT COLLATE "C" NOT NULL,
    -- A number that orders of one buyer with one basket in one store have in common; none for imported ones.
    duplicate_key BIGINT,
    unlisted BOOLEAN NOT NULL DEFAULT FALSE,
    holds_stock BOOLEAN NOT NULL,
    -- The highest number that one of its lines ever had.
    last_line_no BIGINT NOT NULL,
    folded_by BIGINT NOT NULL,
    change_until BIGINT,
    deadlines TEXT COLLATE "C",
    due_at BIGINT,
    breached_at BIGINT,
    -- Contact, note and words are known no more since then.
    erased_at BIGINT,
    cancel_reason TEXT COLLATE "C",
    invalid_reason TEXT COLLATE "C",
    invalid_from TEXT COLLATE "C",
    placed_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    started_at BIGINT,
    completed_at BIGINT,
    cancelled_at BIGINT,
    invalidated_at BIGINT,
    -- In the trash since then, and by which batch.
    deleted_at BIGINT CONSTRAINT orders_deleted_is_invalid CHECK (deleted_at IS NULL OR status = 'invalid'),
    deleted_in BIGINT CONSTRAINT orders_deleted_in_is_deleted CHECK (deleted_in IS NULL OR deleted_at IS NOT NULL),
    CONSTRAINT orders_total_is_sum CHECK
        (total = subtotal - discount_total + shipping_total + fee_total + added_tax_total),
    CONSTRAINT orders_refunded_was_paid CHECK
        (refunded_total >= 0 AND refund_pending_total >= 0 AND refunded_total + refund_pending_total <= paid_total),
    CONSTRAINT orders_forgone_was_owed CHECK
        (cancelled_total >= 0 AND credited_total >= 0 AND written_off_total >= 0 AND kept_total >= 0
         AND cancelled_total + credited_total + written_off_total <= total),
    CONSTRAINT orders_balance_is_sum CHECK
        (balance_due = total - cancelled_total - credited_total - written_off_total + kept_total
         - paid_total + refunded_total + charged_back_total),
    CONSTRAINT orders_invalid_knows_from CHECK ((status = 'invalid') = (invalid_from IS NOT NULL)),
    -- Times and reasons are there only with the status that they belong to.
    CONSTRAINT orders_live_is_executed_to CHECK (status IN ('cancelled', 'invalid') OR status = executed_to),
    CONSTRAINT orders_invalid_from_was_reached CHECK
        (invalid_from IS NULL OR invalid_from IN ('cancelled', executed_to)),
    CONSTRAINT orders_confirmed_at_is_confirmed CHECK (confirmed_at IS NULL OR executed_to <> 'pending_review'),
    CONSTRAINT orders_started_at_is_started CHECK
        (started_at IS NULL OR executed_to IN ('processing', 'completed')),
    CONSTRAINT orders_completed_at_is_completed CHECK (completed_at IS NULL OR executed_to = 'completed'),
    CONSTRAINT orders_cancelled_at_is_cancelled CHECK
        ((cancelled_at IS NULL AND cancel_reason IS NULL) OR 'cancelled' IN (status, COALESCE(invalid_from, ''))),
    CONSTRAINT orders_invalidated_at_is_invalid CHECK
        ((invalidated_at IS NULL AND invalid_reason IS NULL) OR status = 'invalid')
);
-- Orders of a store are found by store and status, status by status: of two indexes that begin alike PostgreSQL may take
-- the wrong one, so there is none by store and time.
CREATE INDEX orders_by_time ON orders (placed_at, id);
CREATE INDEX orders_by_update ON orders (updated_at, id);
CREATE INDEX orders_by_total ON orders (total, id);
CREATE INDEX orders_by_status ON orders (status, placed_at, id);
CREATE INDEX orders_by_store_and_status ON orders (store_id, status, placed_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at, id);
-- Which customers a store has. By sums, so that nothing else can take it for an index that begins alike.
CREATE INDEX orders_by_store_and_customer ON orders ((store_id + 0), (customer_id + 0));
CREATE INDEX orders_by_source_status ON orders (source_status, placed_at, id);
CREATE INDEX orders_by_payment_status ON orders (payment_status, placed_at, id);
CREATE INDEX orders_by_fulfillment_status ON orders (fulfillment_status, placed_at, id);
CREATE INDEX orders_by_email ON orders (contact_email_key, placed_at, id);
CREATE INDEX orders_by_phone ON orders (contact_phone_reversed, placed_at, id);
CREATE INDEX orders_by_number_tail ON orders (number_tail, placed_at, id);
CREATE INDEX orders_by_duplicate_key ON orders (duplicate_key, placed_at) WHERE duplicate_key IS NOT NULL;
CREATE INDEX orders_by_attention ON orders (attention, id) WHERE attention IS NOT NULL;
CREATE INDEX orders_by_due ON orders (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX orders_unbreached ON orders (due_at, id) WHERE due_at IS NOT NULL AND breached_at IS NULL;
CREATE INDEX orders_by_folding ON orders (folded_by, id) WHERE folded_by IS NOT NULL;
CREATE INDEX orders_by_deletion ON orders (deleted_at, id) WHERE deleted_at IS NOT NULL;

-- A line keeps its number for ever: no other line of the order gets it, even when this one has gone.
CREATE TABLE order_lines (
    order_id BIGINT NOT NULL,
    no BIGINT NOT NULL CONSTRAINT order_lines_no_is_positive CHECK (no >= 1),
    product_id BIGINT NOT NULL,
    sku TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C",
    quantity BIGINT NOT NULL CONSTRAINT order_lines_quantity_is_positive CHECK (quantity >= 1),
    unit_price BIGINT NOT NULL,
    total BIGINT NOT NULL CONSTRAINT order_lines_total_is_product CHECK (total = unit_price * quantity),
    -- What is taken off, the rate in thousandths of a percent, the tax in or on what is left, and what of it comes on top.
    discount BIGINT NOT NULL DEFAULT 0,
    tax_rate BIGINT NOT NULL DEFAULT 0 CONSTRAINT order_lines_tax_rate_is_a_share CHECK (tax_rate BETWEEN 0 AND 100000),
    tax BIGINT NOT NULL DEFAULT 0,
    added_tax BIGINT NOT NULL DEFAULT 0,
    -- What it costs all in all.
    amount BIGINT NOT NULL,
    weight_grams BIGINT NOT NULL DEFAULT 0,
    -- What has become of its units, and what of its price went with them.
    cancelled BIGINT NOT NULL DEFAULT 0,
    allocated BIGINT NOT NULL DEFAULT 0,
    shipped BIGINT NOT NULL DEFAULT 0,
    delivered BIGINT NOT NULL DEFAULT 0,
    lost BIGINT NOT NULL DEFAULT 0,
    returned BIGINT NOT NULL DEFAULT 0,
    restocked BIGINT NOT NULL DEFAULT 0,
    replaced BIGINT NOT NULL DEFAULT 0,
    credited BIGINT NOT NULL DEFAULT 0,
    cancelled_value BIGINT NOT NULL DEFAULT 0,
    credited_value BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT order_lines_amount_is_sum CHECK
        (discount >= 0 AND discount <= total AND tax >= 0 AND added_tax IN (0, tax)
         AND amount = total - discount + added_tax),
    CONSTRAINT order_lines_units_are_not_negative CHECK
        (cancelled >= 0 AND allocated >= 0 AND delivered >= 0 AND lost >= 0 AND returned >= 0 AND restocked >= 0
         AND replaced >= 0 AND credited >= 0),
    CONSTRAINT order_lines_units_are_ordered CHECK (cancelled + allocated + shipped <= quantity),
    CONSTRAINT order_lines_units_follow_each_other CHECK
        (delivered + lost <= shipped AND returned <= delivered AND restocked <= returned AND credited <= returned + lost),
    CONSTRAINT order_lines_values_are_of_the_line CHECK
        (cancelled_value >= 0 AND credited_value >= 0 AND cancelled_value + credited_value <= amount),
    PRIMARY KEY (order_id, no)
);
CREATE INDEX order_lines_by_product ON order_lines (product_id, order_id);
CREATE INDEX order_lines_allocated ON order_lines (order_id) WHERE allocated > 0;
CREATE INDEX order_lines_by_category ON order_lines (category, order_id);

-- The tracking numbers by which orders are found, as they were typed, and what all ways to write them have in common.
CREATE TABLE parcels (
    order_id BIGINT NOT NULL,
    fulfillment BIGINT NOT NULL,
    place BIGINT NOT NULL,
    tracking_number TEXT COLLATE "C" NOT NULL,
    tracking_key TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (order_id, fulfillment, place)
);
CREATE INDEX parcels_by_tracking_key ON parcels (tracking_key, order_id);

-- The words of an order, split beforehand: one column per class of texts, because not everybody may search them all. All
-- of them are in one index, so that several words are found together whatever class of texts each is in; those of items
-- have one of their own besides.
CREATE TABLE order_search (
    id BIGINT PRIMARY KEY,
    items TSVECTOR NOT NULL,
    contact TSVECTOR NOT NULL,
    note TSVECTOR NOT NULL
);
CREATE INDEX order_search_items ON order_search USING gin (items);
CREATE INDEX order_search_words ON order_search USING gin ((items || contact || note));

-- What orders and deliveries did to the stock. A product's numbers are the sums over this ledger. Append-only without
-- exception.
CREATE TABLE stock_movements (
    product_id BIGINT NOT NULL,
    entity_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    PRIMARY KEY (product_id, entity_id, seq)
);

-- One history for everything that has one. Append-only without exception.
CREATE TABLE history (
    entity_id BIGINT NOT NULL,
    seq BIGINT NOT NULL CONSTRAINT history_seq_is_positive CHECK (seq >= 1),
    kind TEXT COLLATE "C" NOT NULL,
    store_id BIGINT,
    type TEXT COLLATE "C" NOT NULL,
    format BIGINT NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    commitment TEXT COLLATE "C",
    fields TEXT COLLATE "C" NOT NULL,
    recorded_at BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id BIGINT,
    actor_role TEXT COLLATE "C",
    request_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (entity_id, seq)
);
CREATE INDEX history_by_time ON history (recorded_at, entity_id, seq);
CREATE INDEX history_by_actor ON history (actor_id, recorded_at, entity_id, seq);
CREATE INDEX history_by_store ON history (store_id, recorded_at, entity_id, seq);
CREATE INDEX history_by_type ON history (kind, type, recorded_at, entity_id, seq);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER stock_movements_no_update BEFORE UPDATE ON stock_movements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_movements_no_delete BEFORE DELETE ON stock_movements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_movements_no_truncate BEFORE TRUNCATE ON stock_movements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The personal values of an event. Erasure and purge may clear rows here; the history keeps the commitment.
CREATE TABLE personal_values (
    entity_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    salt TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (entity_id, seq)
);

-- What histories come to at every hundredth event, so that reading what was does not begin at the first one. A shortcut:
-- rows may be deleted at any time, and those of another format are passed over.
CREATE TABLE state_snapshots (
    entity_id BIGINT NOT NULL,
    seq BIGINT NOT NULL CONSTRAINT state_snapshots_seq_is_positive CHECK (seq >= 1),
    kind TEXT COLLATE "C" NOT NULL,
    format BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (entity_id, seq)
);

-- Every event once, in the gap-free order in which followers read them. No position: not sequenced yet.
CREATE TABLE outbox (
    entity_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    position BIGINT UNIQUE,
    -- The store in which an order arrives with this event: it was placed here, not taken over from elsewhere.
    arrived_in BIGINT,
    PRIMARY KEY (entity_id, seq)
);
CREATE INDEX outbox_waiting ON outbox (recorded_at, entity_id, seq) WHERE position IS NULL;
CREATE INDEX outbox_arrivals ON outbox (arrived_in, position) WHERE arrived_in IS NOT NULL;

-- How far each follower of the outbox has come. No row: nowhere yet.
CREATE TABLE followers (
    name TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    position BIGINT NOT NULL
);

-- Up to which position a member has seen everything. No row: up to their own first event.
CREATE TABLE seen_marks (
    member_id BIGINT PRIMARY KEY REFERENCES members (id),
    position BIGINT NOT NULL
);

-- What a member has seen beyond that, one by one.
CREATE TABLE seen_orders (
    member_id BIGINT NOT NULL REFERENCES members (id),
    order_id BIGINT NOT NULL REFERENCES orders (id),
    PRIMARY KEY (member_id, order_id)
);

-- Commands for many orders at once: what is to be done.
CREATE TABLE batches (
    id BIGINT PRIMARY KEY,
    created_by BIGINT NOT NULL,
    -- The kind of command, with a reason if it takes one: which there are, the program knows.
    action TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    -- Of a correction of prices: by how much, as JSON.
    correction TEXT COLLATE "C",
    -- Only until it is finished: then it stands with the histories of the orders.
    comment TEXT COLLATE "C",
    -- The batch that this one takes back.
    undoes BIGINT REFERENCES batches (id),
    stores TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CONSTRAINT batches_status_is_known CHECK (status IN
        ('pending', 'running', 'completed', 'cancelled')),
    total BIGINT NOT NULL,
    succeeded BIGINT NOT NULL,
    already_applied BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    seal TEXT COLLATE "C" NOT NULL,
    CONSTRAINT batches_counts_are_within_total CHECK (succeeded + already_applied + refused <= total),
    CONSTRAINT batches_end_has_time CHECK ((finished_at IS NULL) = (status IN ('pending', 'running')))
);
CREATE INDEX batches_by_member ON batches (created_by, id);
CREATE INDEX batches_open ON batches (id) WHERE finished_at IS NULL;

-- What became of each order; also ids that lead to no order in its maker's reach. The version is the one that the order
-- must still have; none: any. What was done left the order in the version of `done_version`: from there it is taken back.
CREATE TABLE batch_items (
    batch_id BIGINT NOT NULL REFERENCES batches (id),
    order_id BIGINT NOT NULL,
    version BIGINT,
    result TEXT COLLATE "C" NOT NULL DEFAULT 'waiting' CONSTRAINT batch_items_result_is_known CHECK (result IN
        ('waiting', 'succeeded', 'already_applied', 'refused', 'cancelled')),
    code TEXT COLLATE "C",
    done_version BIGINT,
    seal TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (batch_id, order_id),
    CONSTRAINT batch_items_refused_has_code CHECK ((code IS NOT NULL) = (result = 'refused')),
    CONSTRAINT batch_items_done_has_version CHECK ((done_version IS NOT NULL) = (result = 'succeeded'))
);
CREATE INDEX batch_items_waiting ON batch_items (batch_id, order_id) WHERE result = 'waiting';

-- What members were shown before they say that it shall be done: to tell what has changed since.
CREATE TABLE batch_previews (
    digest TEXT COLLATE "C" PRIMARY KEY,
    member_id BIGINT NOT NULL,
    versions TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX batch_previews_by_member ON batch_previews (member_id, created_at);
CREATE INDEX batch_previews_by_expiry ON batch_previews (expires_at);

-- What an idempotency key did. The answer is rendered again from the history.
CREATE TABLE idempotency_keys (
    scoped_key TEXT COLLATE "C" PRIMARY KEY,
    fingerprint TEXT COLLATE "C" NOT NULL,
    entity_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

-- How often somebody has tried something, by a hash of what and who: so many attempts, which are forgotten at
-- `expires_at`; no further one before `blocked_until`. Without attempts: known until then, and counted as no stranger.
CREATE TABLE throttles (
    key TEXT COLLATE "C" PRIMARY KEY,
    attempts BIGINT NOT NULL CONSTRAINT throttles_attempts_is_not_negative CHECK (attempts >= 0),
    expires_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);
CREATE INDEX throttles_by_expiry ON throttles (expires_at);

-- What is to be written to whom: what about, and whom it concerns. Address, link and words are made when it is sent.
CREATE TABLE mails (
    entity_id BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    queued_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL CONSTRAINT mails_attempts_is_not_negative CHECK (attempts >= 0),
    PRIMARY KEY (entity_id, kind)
);
CREATE INDEX mails_by_due ON mails (due_at, entity_id, kind);

-- What somebody may show once, by keyed hashes: for a new password, or that an address is theirs.
CREATE TABLE one_time_codes (
    customer_id BIGINT NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, purpose)
);
CREATE INDEX one_time_codes_by_expiry ON one_time_codes (expires_at);

-- One row per writing process, touched by each group that it commits: whether a commit whose answer was lost took place.
CREATE TABLE writers (
    id BIGINT PRIMARY KEY,
    last_group BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- For analysts: the same rows with readable times. Every column of the table is here, under its own name.
CREATE VIEW readable_orders AS
SELECT
    id, number_tail, version, head_hash, status, executed_to,
    to_timestamp(status_since / 1000.0) AS status_since,
    store_id, customer_id, source, source_status, external_reference, currency, country, subtotal, discount_total, shipping_total,
    fee_total, tax_total, added_tax_total, total, terms, adjustments, last_adjustment_no, payments, attention,
    fulfillments, last_fulfillment_no, cancellations, deadlines,
    cancelled_total, credited_total, written_off_total, kept_total, paid_total, refunded_total, refund_pending_total,
    charged_back_total, balance_due, payment_status, fulfillment_status, return_status,
    contact_name, contact_phone, contact_phone_reversed, contact_email, contact_email_key, contact_address, contact_version, note,
    duplicate_key,
    unlisted, holds_stock, last_line_no, folded_by,
    to_timestamp(change_until / 1000.0) AS change_until,
    to_timestamp(due_at / 1000.0) AS due_at,
    to_timestamp(breached_at / 1000.0) AS breached_at,
    to_timestamp(erased_at / 1000.0) AS erased_at,
    cancel_reason, invalid_reason, invalid_from,
    to_timestamp(placed_at / 1000.0) AS placed_at,
    to_timestamp(updated_at / 1000.0) AS updated_at,
    to_timestamp(confirmed_at / 1000.0) AS confirmed_at,
    to_timestamp(started_at / 1000.0) AS started_at,
    to_timestamp(completed_at / 1000.0) AS completed_at,
    to_timestamp(cancelled_at / 1000.0) AS cancelled_at,
    to_timestamp(invalidated_at / 1000.0) AS invalidated_at,
    to_timestamp(deleted_at / 1000.0) AS deleted_at,
    deleted_in
FROM orders;

CREATE VIEW readable_history AS
SELECT
    entity_id, seq, kind, store_id, type, format, event, commitment, fields,
    to_timestamp(recorded_at / 1000.0) AS recorded_at,
    to_timestamp(occurred_at / 1000.0) AS occurred_at,
    actor_kind, actor_id, actor_role, request_id, key_id, hash
FROM history;
