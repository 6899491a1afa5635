-- The first schema. Until the first release it is changed in this file; from the release on migrations are append-only:
-- this file is never touched again, and each change is a new file of the next number, one per engine.
--
-- Times are milliseconds since the Unix epoch (UTC), money is minor units, ids are 63-bit integers. Rows of the
-- installation, stores, products, customers, members and orders are projections: their truth is the fold of their history.
-- Small rows with a key of their own are kept in its order (WITHOUT ROWID): one tree to write instead of two.

-- The shop as a whole: one row. Its epoch rises whenever older data take the place of newer.
CREATE TABLE installations (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CONSTRAINT installations_version_is_positive CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    epoch INTEGER NOT NULL CONSTRAINT installations_epoch_is_positive CHECK (epoch >= 1),
    -- Orders that were due to expire by then may, however many they are.
    expiries_approved_through INTEGER,
    -- The newest time that anything had when its clock was last found to have been ahead.
    clock_corrected_from INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX installations_is_one ON installations ((1));

CREATE TABLE stores (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CONSTRAINT stores_version_is_positive CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    -- Where it sells: its national phone numbers are read as they are dialled there.
    country TEXT,
    active INTEGER NOT NULL,
    change_window_minutes INTEGER,
    duplicate_window_minutes INTEGER,
    review_minutes INTEGER,
    start_minutes INTEGER,
    completion_minutes INTEGER,
    payment_minutes INTEGER,
    shipping_minutes INTEGER,
    cancel_unconfirmed_minutes INTEGER,
    reversal_minutes INTEGER,
    -- In thousandths of a percent of the goods.
    discount_limit INTEGER,
    -- In minor units.
    refund_limit INTEGER,
    -- How it is taxed and how it sends: JSON, if it says so.
    tax TEXT,
    shipping TEXT,
    -- How it is paid, likewise.
    payments TEXT,
    public_board INTEGER NOT NULL DEFAULT FALSE,
    order_mails INTEGER NOT NULL DEFAULT FALSE,
    external_reference TEXT UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CONSTRAINT products_version_is_positive CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    sku TEXT NOT NULL,
    title TEXT NOT NULL,
    category TEXT,
    price INTEGER NOT NULL CONSTRAINT products_price_is_in_range CHECK (price BETWEEN 0 AND 1000000000000),
    tax_class TEXT,
    weight_grams INTEGER,
    active INTEGER NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL CONSTRAINT products_reserved_is_not_negative CHECK (reserved >= 0),
    external_reference TEXT UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- The version of the rules by which its words and keys are folded. Its index is partial so that nothing else takes it for
    -- the order of ids.
    folded_by INTEGER NOT NULL,
    CONSTRAINT products_reserved_is_on_hand CHECK (on_hand >= reserved),
    UNIQUE (store_id, sku)
) STRICT;
CREATE INDEX products_by_folding ON products (folded_by, id) WHERE folded_by IS NOT NULL;
CREATE INDEX products_by_store ON products (store_id, id);
CREATE INDEX products_by_category ON products (category, id);
CREATE INDEX products_by_sku ON products (sku);

-- The words of a product, split beforehand: its row in the index of words. And what the index says, word by word.
CREATE VIRTUAL TABLE product_search USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
);
CREATE VIRTUAL TABLE product_search_words USING fts5vocab (product_search, instance);

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CONSTRAINT customers_version_is_positive CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    name TEXT,
    email TEXT,
    -- What all spellings of the address have in common; of members all addresses that look like it.
    email_key TEXT UNIQUE,
    phone TEXT,
    -- Its digits from last to first.
    phone_reversed TEXT,
    address TEXT,
    external_reference TEXT UNIQUE,
    -- The one that they read.
    language TEXT,
    email_verification TEXT NOT NULL DEFAULT 'unverified' CONSTRAINT customers_email_verification_is_known CHECK
        (email_verification IN ('unverified', 'required', 'verified')),
    active INTEGER NOT NULL,
    -- The customer wants it to be erased then, and when it was.
    deletion_due_at INTEGER,
    erased_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    folded_by INTEGER NOT NULL
) STRICT;
CREATE INDEX customers_by_folding ON customers (folded_by, id) WHERE folded_by IS NOT NULL;
CREATE INDEX customers_by_deletion ON customers (deletion_due_at, id) WHERE deletion_due_at IS NOT NULL;
CREATE INDEX customers_erased ON customers (id) WHERE erased_at IS NOT NULL;
CREATE INDEX customers_by_phone ON customers (phone_reversed, id) WHERE phone_reversed IS NOT NULL;

-- The words of a customer, split beforehand, as those of a product.
CREATE VIRTUAL TABLE customer_search USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
);
-- What is merged to let words of whoever was erased leave the file may be as few parts as two.
INSERT INTO customer_search (customer_search, rank) VALUES ('usermerge', 2);
CREATE VIRTUAL TABLE customer_search_words USING fts5vocab (customer_search, instance);

CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CONSTRAINT members_version_is_positive CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    name TEXT,
    email TEXT,
    email_key TEXT UNIQUE,
    phone TEXT,
    address TEXT,
    roles TEXT NOT NULL,
    stores TEXT NOT NULL,
    active INTEGER NOT NULL,
    must_change_password INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    folded_by INTEGER NOT NULL
) STRICT;
CREATE INDEX members_by_folding ON members (folded_by, id) WHERE folded_by IS NOT NULL;

-- Passwords of customers and members, beside what has a history.
CREATE TABLE credentials (
    principal_id INTEGER PRIMARY KEY,
    password_hash TEXT NOT NULL,
    version INTEGER NOT NULL,
    seal TEXT NOT NULL
) STRICT;

-- Families of refresh tokens; a family is one login.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    realm TEXT NOT NULL CONSTRAINT sessions_realm_is_known CHECK (realm IN ('customer', 'staff')),
    principal_id INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    token_hash TEXT NOT NULL,
    previous_hash TEXT,
    created_at INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_because TEXT,
    seal TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_open ON sessions (principal_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    -- The last symbols of its number, by which people name it.
    number_tail INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL CONSTRAINT orders_version_is_positive CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT orders_status_is_known CHECK (status IN
        ('pending_review', 'confirmed', 'processing', 'completed', 'cancelled', 'invalid')),
    -- How far its execution came, also if it was cancelled or marked invalid since.
    executed_to TEXT NOT NULL CONSTRAINT orders_executed_to_is_known CHECK (executed_to IN
        ('pending_review', 'confirmed', 'processing', 'completed')),
    status_since INTEGER NOT NULL DEFAULT 0,
    -- What an order, its lines and its movements refer to the writer has read and `verify` looks for: no foreign keys.
    store_id INTEGER NOT NULL,
    customer_id INTEGER,
    source TEXT NOT NULL CONSTRAINT orders_source_is_known CHECK (source IN ('shop', 'staff', 'import')),
    source_status TEXT,
    external_reference TEXT UNIQUE,
    currency TEXT NOT NULL,
    -- That of its store when it was placed.
    country TEXT,
    subtotal INTEGER NOT NULL,
    discount_total INTEGER NOT NULL DEFAULT 0,
    shipping_total INTEGER NOT NULL,
    fee_total INTEGER NOT NULL DEFAULT 0,
    tax_total INTEGER NOT NULL DEFAULT 0 CONSTRAINT orders_tax_is_not_negative CHECK (tax_total >= 0),
    -- What of the tax comes on top of the prices.
    added_tax_total INTEGER NOT NULL DEFAULT 0 CONSTRAINT orders_added_tax_is_tax CHECK (added_tax_total IN (0, tax_total)),
    total INTEGER NOT NULL CONSTRAINT orders_total_is_in_range CHECK (total BETWEEN 0 AND 1000000000000),
    -- What the amounts are computed by, and what comes off or on top of them: JSON, if there is any.
    terms TEXT,
    adjustments TEXT,
    -- The highest number that one of these ever had.
    last_adjustment_no INTEGER NOT NULL DEFAULT 0,
    -- What was paid and given back, and what somebody has to look into: JSON, if there is any.
    payments TEXT,
    attention TEXT,
    -- What leaves together, and what was called off line by line: JSON, if there is any.
    fulfillments TEXT,
    last_fulfillment_no INTEGER NOT NULL DEFAULT 0,
    cancellations TEXT,
    -- What of the total is not owed any more, and what was paid. The total itself is what was agreed.
    cancelled_total INTEGER NOT NULL DEFAULT 0,
    credited_total INTEGER NOT NULL DEFAULT 0,
    written_off_total INTEGER NOT NULL DEFAULT 0,
    kept_total INTEGER NOT NULL DEFAULT 0,
    paid_total INTEGER NOT NULL DEFAULT 0,
    refunded_total INTEGER NOT NULL DEFAULT 0,
    refund_pending_total INTEGER NOT NULL DEFAULT 0,
    charged_back_total INTEGER NOT NULL DEFAULT 0,
    -- Below 0: the shop owes.
    balance_due INTEGER NOT NULL,
    -- Read off sums and counters.
    payment_status TEXT NOT NULL CONSTRAINT orders_payment_status_is_known CHECK (payment_status IN
        ('not_required', 'unpaid', 'pending', 'failed', 'authorized', 'partially_paid', 'paid', 'overpaid',
         'partially_refunded', 'refunded', 'charged_back')),
    fulfillment_status TEXT NOT NULL CONSTRAINT orders_fulfillment_status_is_known CHECK (fulfillment_status IN
        ('not_required', 'unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered')),
    return_status TEXT NOT NULL DEFAULT 'none' CONSTRAINT orders_return_status_is_known CHECK (return_status IN
        ('none', 'requested', 'in_progress', 'partially_returned', 'returned')),
    contact_name TEXT,
    contact_phone TEXT,
    contact_phone_reversed TEXT,
    contact_email TEXT,
    contact_email_key TEXT,
    contact_address TEXT,
    -- The version in which phone number or e-mail address last changed.
    contact_version INTEGER NOT NULL DEFAULT 1,
    note TEXT NOT NULL,
    -- A number that orders of one buyer with one basket in one store have in common; none for imported ones.
    duplicate_key INTEGER,
    unlisted INTEGER NOT NULL DEFAULT FALSE,
    holds_stock INTEGER NOT NULL,
    -- The highest number that one of its lines ever had.
    last_line_no INTEGER NOT NULL,
    folded_by INTEGER NOT NULL,
    change_until INTEGER,
    deadlines TEXT,
    due_at INTEGER,
    breached_at INTEGER,
    -- Contact, note and words are known no more since then.
    erased_at INTEGER,
    cancel_reason TEXT,
    invalid_reason TEXT,
    invalid_from TEXT,
    placed_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    started_at INTEGER,
    completed_at INTEGER,
    cancelled_at INTEGER,
    invalidated_at INTEGER,
    -- In the trash since then, and by which batch.
    deleted_at INTEGER CONSTRAINT orders_deleted_is_invalid CHECK (deleted_at IS NULL OR status = 'invalid'),
    deleted_in INTEGER CONSTRAINT orders_deleted_in_is_deleted CHECK (deleted_in IS NULL OR deleted_at IS NOT NULL),
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
) STRICT;
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
    order_id INTEGER NOT NULL,
    no INTEGER NOT NULL CONSTRAINT order_lines_no_is_positive CHECK (no >= 1),
    product_id INTEGER NOT NULL,
    sku TEXT NOT NULL,
    title TEXT NOT NULL,
    category TEXT,
    quantity INTEGER NOT NULL CONSTRAINT order_lines_quantity_is_positive CHECK (quantity >= 1),
    unit_price INTEGER NOT NULL,
    total INTEGER NOT NULL CONSTRAINT order_lines_total_is_product CHECK (total = unit_price * quantity),
    -- What is taken off, the rate in thousandths of a percent, the tax in or on what is left, and what of it comes on top.
    discount INTEGER NOT NULL DEFAULT 0,
    tax_rate INTEGER NOT NULL DEFAULT 0 CONSTRAINT order_lines_tax_rate_is_a_share CHECK (tax_rate BETWEEN 0 AND 100000),
    tax INTEGER NOT NULL DEFAULT 0,
    added_tax INTEGER NOT NULL DEFAULT 0,
    -- What it costs all in all.
    amount INTEGER NOT NULL,
    weight_grams INTEGER NOT NULL DEFAULT 0,
    -- What has become of its units, and what of its price went with them.
    cancelled INTEGER NOT NULL DEFAULT 0,
    allocated INTEGER NOT NULL DEFAULT 0,
    shipped INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    lost INTEGER NOT NULL DEFAULT 0,
    returned INTEGER NOT NULL DEFAULT 0,
    restocked INTEGER NOT NULL DEFAULT 0,
    replaced INTEGER NOT NULL DEFAULT 0,
    credited INTEGER NOT NULL DEFAULT 0,
    cancelled_value INTEGER NOT NULL DEFAULT 0,
    credited_value INTEGER NOT NULL DEFAULT 0,
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
) STRICT, WITHOUT ROWID;
CREATE INDEX order_lines_by_product ON order_lines (product_id, order_id);
CREATE INDEX order_lines_allocated ON order_lines (order_id) WHERE allocated > 0;
CREATE INDEX order_lines_by_category ON order_lines (category, order_id);

-- The tracking numbers by which orders are found, as they were typed, and what all ways to write them have in common.
CREATE TABLE parcels (
    order_id INTEGER NOT NULL,
    fulfillment INTEGER NOT NULL,
    place INTEGER NOT NULL,
    tracking_number TEXT NOT NULL,
    tracking_key TEXT NOT NULL,
    PRIMARY KEY (order_id, fulfillment, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX parcels_by_tracking_key ON parcels (tracking_key, order_id);

-- The words of an order, split beforehand: one column per class of texts, because not everybody may search them all. All
-- of them are in one index, so that several words are found together whatever class of texts each is in; those of items
-- have one of their own besides.
CREATE VIRTUAL TABLE order_search USING fts5 (
    items, contact, note, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
);
INSERT INTO order_search (order_search, rank) VALUES ('usermerge', 2);
CREATE VIRTUAL TABLE order_search_words USING fts5vocab (order_search, instance);

-- What orders and deliveries did to the stock. A product's numbers are the sums over this ledger. Append-only without
-- exception.
CREATE TABLE stock_movements (
    product_id INTEGER NOT NULL,
    entity_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    PRIMARY KEY (product_id, entity_id, seq)
) STRICT, WITHOUT ROWID;

-- One history for everything that has one. Append-only without exception.
CREATE TABLE history (
    entity_id INTEGER NOT NULL,
    seq INTEGER NOT NULL CONSTRAINT history_seq_is_positive CHECK (seq >= 1),
    kind TEXT NOT NULL,
    store_id INTEGER,
    type TEXT NOT NULL,
    format INTEGER NOT NULL,
    event TEXT NOT NULL,
    commitment TEXT,
    fields TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id INTEGER,
    actor_role TEXT,
    request_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (entity_id, seq)
) STRICT;
CREATE INDEX history_by_time ON history (recorded_at, entity_id, seq);
CREATE INDEX history_by_actor ON history (actor_id, recorded_at, entity_id, seq);
CREATE INDEX history_by_store ON history (store_id, recorded_at, entity_id, seq);
CREATE INDEX history_by_type ON history (kind, type, recorded_at, entity_id, seq);

CREATE TRIGGER stock_movements_no_update BEFORE UPDATE ON stock_movements
BEGIN
    SELECT RAISE(ABORT, 'stock_movements is append-only');
END;
CREATE TRIGGER stock_movements_no_delete BEFORE DELETE ON stock_movements
BEGIN
    SELECT RAISE(ABORT, 'stock_movements is append-only');
END;
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;

-- The personal values of an event. Erasure and purge may clear rows here; the history keeps the commitment.
CREATE TABLE personal_values (
    entity_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    salt TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (entity_id, seq)
) STRICT, WITHOUT ROWID;

-- What histories come to at every hundredth event, so that reading what was does not begin at the first one. A shortcut:
-- rows may be deleted at any time, and those of another format are passed over.
CREATE TABLE state_snapshots (
    entity_id INTEGER NOT NULL,
    seq INTEGER NOT NULL CONSTRAINT state_snapshots_seq_is_positive CHECK (seq >= 1),
    kind TEXT NOT NULL,
    format INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (entity_id, seq)
) STRICT;

-- Every event once, in the gap-free order in which followers read them. No position: not sequenced yet.
CREATE TABLE outbox (
    entity_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    position INTEGER UNIQUE,
    -- The store in which an order arrives with this event: it was placed here, not taken over from elsewhere.
    arrived_in INTEGER,
    PRIMARY KEY (entity_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_waiting ON outbox (recorded_at, entity_id, seq) WHERE position IS NULL;
CREATE INDEX outbox_arrivals ON outbox (arrived_in, position) WHERE arrived_in IS NOT NULL;

-- How far each follower of the outbox has come. No row: nowhere yet.
CREATE TABLE followers (
    name TEXT PRIMARY KEY NOT NULL,
    position INTEGER NOT NULL
) STRICT;

-- Up to which position a member has seen everything. No row: up to their own first event.
CREATE TABLE seen_marks (
    member_id INTEGER PRIMARY KEY REFERENCES members (id),
    position INTEGER NOT NULL
) STRICT;

-- What a member has seen beyond that, one by one.
CREATE TABLE seen_orders (
    member_id INTEGER NOT NULL REFERENCES members (id),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    PRIMARY KEY (member_id, order_id)
) STRICT, WITHOUT ROWID;

-- Commands for many orders at once: what is to be done.
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    created_by INTEGER NOT NULL,
    -- The kind of command, with a reason if it takes one: which there are, the program knows.
    action TEXT NOT NULL,
    reason TEXT,
    -- Of a correction of prices: by how much, as JSON.
    correction TEXT,
    -- Only until it is finished: then it stands with the histories of the orders.
    comment TEXT,
    -- The batch that this one takes back.
    undoes INTEGER REFERENCES batches (id),
    stores TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT batches_status_is_known CHECK (status IN
        ('pending', 'running', 'completed', 'cancelled')),
    total INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    already_applied INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    seal TEXT NOT NULL,
    CONSTRAINT batches_counts_are_within_total CHECK (succeeded + already_applied + refused <= total),
    CONSTRAINT batches_end_has_time CHECK ((finished_at IS NULL) = (status IN ('pending', 'running')))
) STRICT;
CREATE INDEX batches_by_member ON batches (created_by, id);
CREATE INDEX batches_open ON batches (id) WHERE finished_at IS NULL;

-- What became of each order; also ids that lead to no order in its maker's reach. The version is the one that the order
-- must still have; none: any. What was done left the order in the version of `done_version`: from there it is taken back.
CREATE TABLE batch_items (
    batch_id INTEGER NOT NULL REFERENCES batches (id),
    order_id INTEGER NOT NULL,
    version INTEGER,
    result TEXT NOT NULL DEFAULT 'waiting' CONSTRAINT batch_items_result_is_known CHECK (result IN
        ('waiting', 'succeeded', 'already_applied', 'refused', 'cancelled')),
    code TEXT,
    done_version INTEGER,
    seal TEXT NOT NULL,
    PRIMARY KEY (batch_id, order_id),
    CONSTRAINT batch_items_refused_has_code CHECK ((code IS NOT NULL) = (result = 'refused')),
    CONSTRAINT batch_items_done_has_version CHECK ((done_version IS NOT NULL) = (result = 'succeeded'))
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_items_waiting ON batch_items (batch_id, order_id) WHERE result = 'waiting';

-- What members were shown before they say that it shall be done: to tell what has changed since.
CREATE TABLE batch_previews (
    digest TEXT PRIMARY KEY,
    member_id INTEGER NOT NULL,
    versions TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX batch_previews_by_member ON batch_previews (member_id, created_at);
CREATE INDEX batch_previews_by_expiry ON batch_previews (expires_at);

-- What an idempotency key did. The answer is rendered again from the history.
CREATE TABLE idempotency_keys (
    scoped_key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

-- How often somebody has tried something, by a hash of what and who: so many attempts, which are forgotten at
-- `expires_at`; no further one before `blocked_until`. Without attempts: known until then, and counted as no stranger.
CREATE TABLE throttles (
    key TEXT PRIMARY KEY,
    attempts INTEGER NOT NULL CONSTRAINT throttles_attempts_is_not_negative CHECK (attempts >= 0),
    expires_at INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX throttles_by_expiry ON throttles (expires_at);

-- What is to be written to whom: what about, and whom it concerns. Address, link and words are made when it is sent.
CREATE TABLE mails (
    entity_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL CONSTRAINT mails_attempts_is_not_negative CHECK (attempts >= 0),
    PRIMARY KEY (entity_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX mails_by_due ON mails (due_at, entity_id, kind);

-- What somebody may show once, by keyed hashes: for a new password, or that an address is theirs.
CREATE TABLE one_time_codes (
    customer_id INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (customer_id, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX one_time_codes_by_expiry ON one_time_codes (expires_at);

-- One row per writing process, touched by each group that it commits: whether a commit whose answer was lost took place.
CREATE TABLE writers (
    id INTEGER PRIMARY KEY,
    last_group INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- For analysts: the same rows with readable times. Every column of the table is here, under its own name.
CREATE VIEW readable_orders AS
SELECT
    id, number_tail, version, head_hash, status, executed_to,
    strftime('%Y-%m-%dT%H:%M:%fZ', status_since / 1000.0, 'unixepoch') AS status_since,
    store_id, customer_id, source, source_status, external_reference, currency, country, subtotal, discount_total, shipping_total,
    fee_total, tax_total, added_tax_total, total, terms, adjustments, last_adjustment_no, payments, attention,
    fulfillments, last_fulfillment_no, cancellations, deadlines,
    cancelled_total, credited_total, written_off_total, kept_total, paid_total, refunded_total, refund_pending_total,
    charged_back_total, balance_due, payment_status, fulfillment_status, return_status,
    contact_name, contact_phone, contact_phone_reversed, contact_email, contact_email_key, contact_address, contact_version, note,
    duplicate_key,
    unlisted, holds_stock, last_line_no, folded_by,
    strftime('%Y-%m-%dT%H:%M:%fZ', change_until / 1000.0, 'unixepoch') AS change_until,
    strftime('%Y-%m-%dT%H:%M:%fZ', due_at / 1000.0, 'unixepoch') AS due_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', breached_at / 1000.0, 'unixepoch') AS breached_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', erased_at / 1000.0, 'unixepoch') AS erased_at,
    cancel_reason, invalid_reason, invalid_from,
    strftime('%Y-%m-%dT%H:%M:%fZ', placed_at / 1000.0, 'unixepoch') AS placed_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', confirmed_at / 1000.0, 'unixepoch') AS confirmed_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', completed_at / 1000.0, 'unixepoch') AS completed_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', cancelled_at / 1000.0, 'unixepoch') AS cancelled_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', invalidated_at / 1000.0, 'unixepoch') AS invalidated_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', deleted_at / 1000.0, 'unixepoch') AS deleted_at,
    deleted_in
FROM orders;

CREATE VIEW readable_history AS
SELECT
    entity_id, seq, kind, store_id, type, format, event, commitment, fields,
    strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at / 1000.0, 'unixepoch') AS recorded_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', occurred_at / 1000.0, 'unixepoch') AS occurred_at,
    actor_kind, actor_id, actor_role, request_id, key_id, hash
FROM history;
