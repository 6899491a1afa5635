-- Everything that has a history, and the history itself. Times are milliseconds since the Unix epoch (UTC), money is
-- minor units, ids are 63-bit integers. Rows are projections: their truth is the fold of the history.

CREATE TABLE stores (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    time_zone TEXT COLLATE "C" NOT NULL,
    active BOOLEAN NOT NULL,
    change_window_minutes BIGINT,
    external_reference TEXT COLLATE "C" UNIQUE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE products (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    store_id BIGINT NOT NULL REFERENCES stores (id),
    sku TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C",
    price BIGINT NOT NULL CHECK (price BETWEEN 0 AND 1000000000000),
    active BOOLEAN NOT NULL,
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL CHECK (reserved >= 0),
    external_reference TEXT COLLATE "C" UNIQUE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (on_hand >= reserved),
    UNIQUE (store_id, sku)
);
CREATE INDEX products_by_store ON products (store_id, id);
CREATE INDEX products_by_category ON products (category, id);

CREATE TABLE customers (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C",
    email TEXT COLLATE "C" UNIQUE,
    phone TEXT COLLATE "C",
    address TEXT COLLATE "C",
    external_reference TEXT COLLATE "C" UNIQUE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE members (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C",
    email TEXT COLLATE "C" UNIQUE,
    phone TEXT COLLATE "C",
    address TEXT COLLATE "C",
    roles TEXT COLLATE "C" NOT NULL,
    stores TEXT COLLATE "C" NOT NULL,
    active BOOLEAN NOT NULL,
    must_change_password BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE orders (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    head_hash TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN
        ('pending_review', 'confirmed', 'processing', 'completed', 'cancelled', 'invalid')),
    store_id BIGINT NOT NULL REFERENCES stores (id),
    customer_id BIGINT REFERENCES customers (id),
    source TEXT COLLATE "C" NOT NULL CHECK (source IN ('shop', 'staff', 'import')),
    source_status TEXT COLLATE "C",
    external_reference TEXT COLLATE "C" UNIQUE,
    currency TEXT COLLATE "C" NOT NULL,
    subtotal BIGINT NOT NULL,
    shipping_total BIGINT NOT NULL,
    total BIGINT NOT NULL CHECK (total BETWEEN 0 AND 1000000000000),
    contact_name TEXT COLLATE "C",
    contact_phone TEXT COLLATE "C",
    contact_phone_reversed TEXT COLLATE "C",
    contact_email TEXT COLLATE "C",
    contact_address TEXT COLLATE "C",
    note TEXT COLLATE "C" NOT NULL,
    holds_stock BOOLEAN NOT NULL,
    change_until BIGINT,
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
    CHECK (subtotal + shipping_total = total),
    CHECK ((status = 'invalid') = (invalid_from IS NOT NULL))
);
CREATE INDEX orders_by_time ON orders (placed_at, id);
CREATE INDEX orders_by_store ON orders (store_id, placed_at, id);
CREATE INDEX orders_by_status ON orders (status, placed_at, id);
CREATE INDEX orders_by_store_and_status ON orders (store_id, status, placed_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at, id);
CREATE INDEX orders_by_source_status ON orders (source_status, placed_at, id);
CREATE INDEX orders_by_email ON orders (contact_email, placed_at, id);
CREATE INDEX orders_by_phone ON orders (contact_phone_reversed, placed_at, id);

CREATE TABLE order_lines (
    order_id BIGINT NOT NULL REFERENCES orders (id),
    position BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES products (id),
    sku TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C",
    quantity BIGINT NOT NULL CHECK (quantity >= 1),
    unit_price BIGINT NOT NULL,
    total BIGINT NOT NULL CHECK (total = unit_price * quantity),
    PRIMARY KEY (order_id, position)
);
CREATE INDEX order_lines_by_product ON order_lines (product_id, order_id);
CREATE INDEX order_lines_by_category ON order_lines (category, order_id);

-- What orders and deliveries did to the stock. The row's numbers are the sums over this ledger.
CREATE TABLE stock_movements (
    product_id BIGINT NOT NULL REFERENCES products (id),
    entity_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    PRIMARY KEY (product_id, entity_id, seq)
);

-- One history for every kind of thing. Append-only without exception.
CREATE TABLE history (
    entity_id BIGINT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 1),
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

-- The personal values of an event. Erasure and purge may clear rows here; the history keeps the commitment.
CREATE TABLE personal_values (
    entity_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    salt TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (entity_id, seq)
);

-- Every event once, in the gap-free order in which followers read them. No position: not sequenced yet.
CREATE TABLE outbox (
    entity_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    position BIGINT UNIQUE,
    PRIMARY KEY (entity_id, seq)
);
CREATE INDEX outbox_waiting ON outbox (recorded_at, entity_id, seq) WHERE position IS NULL;

CREATE TABLE credentials (
    principal_id BIGINT PRIMARY KEY,
    password_hash TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Families of refresh tokens; a family is one login.
CREATE TABLE sessions (
    id BIGINT PRIMARY KEY,
    realm TEXT COLLATE "C" NOT NULL CHECK (realm IN ('customer', 'staff')),
    principal_id BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    token_hash TEXT COLLATE "C" NOT NULL,
    previous_hash TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    idle_until BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_because TEXT COLLATE "C"
);
CREATE INDEX sessions_by_principal ON sessions (principal_id, created_at);

-- What an idempotency key did. The answer is rendered again from the history.
CREATE TABLE idempotency_keys (
    scoped_key TEXT COLLATE "C" PRIMARY KEY,
    fingerprint TEXT COLLATE "C" NOT NULL,
    entity_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

-- One row per writing process, touched by each of its batches: whether a commit whose answer was lost took place.
CREATE TABLE writers (
    id BIGINT PRIMARY KEY,
    batch BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Pre-tokenised words: one column per class of fields, because not everybody may search them all.
CREATE TABLE order_search (
    id BIGINT PRIMARY KEY,
    items TSVECTOR NOT NULL,
    contact TSVECTOR NOT NULL,
    note TSVECTOR NOT NULL
);
CREATE INDEX order_search_items ON order_search USING gin (items);
CREATE INDEX order_search_contact ON order_search USING gin (contact);
CREATE INDEX order_search_note ON order_search USING gin (note);
CREATE TABLE product_search (
    id BIGINT PRIMARY KEY,
    words TSVECTOR NOT NULL
);
CREATE INDEX product_search_words ON product_search USING gin (words);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER history_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_movements_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- For analysts: the same rows with readable times.
CREATE VIEW readable_orders AS
SELECT id, version, status, store_id, customer_id, source, source_status, currency, subtotal, shipping_total, total,
    to_timestamp(placed_at / 1000.0) AS placed_at,
    to_timestamp(updated_at / 1000.0) AS updated_at,
    to_timestamp(confirmed_at / 1000.0) AS confirmed_at,
    to_timestamp(started_at / 1000.0) AS started_at,
    to_timestamp(completed_at / 1000.0) AS completed_at,
    to_timestamp(cancelled_at / 1000.0) AS cancelled_at
FROM orders;
CREATE VIEW readable_history AS
SELECT entity_id, seq, kind, type, event, actor_kind, actor_id, request_id,
    to_timestamp(recorded_at / 1000.0) AS recorded_at,
    to_timestamp(occurred_at / 1000.0) AS occurred_at
FROM history;
