-- Everything that has a history, and the history itself. Times are milliseconds since the Unix epoch (UTC), money is
-- minor units, ids are 63-bit integers. Rows are projections: their truth is the fold of the history.

CREATE TABLE stores (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    active INTEGER NOT NULL,
    change_window_minutes INTEGER,
    external_reference TEXT UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    store_id INTEGER NOT NULL REFERENCES stores (id),
    sku TEXT NOT NULL,
    title TEXT NOT NULL,
    category TEXT,
    price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 1000000000000),
    active INTEGER NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    external_reference TEXT UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (on_hand >= reserved),
    UNIQUE (store_id, sku)
) STRICT;
CREATE INDEX products_by_store ON products (store_id, id);
CREATE INDEX products_by_category ON products (category, id);

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    name TEXT,
    email TEXT UNIQUE,
    phone TEXT,
    address TEXT,
    external_reference TEXT UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    name TEXT,
    email TEXT UNIQUE,
    phone TEXT,
    address TEXT,
    roles TEXT NOT NULL,
    stores TEXT NOT NULL,
    active INTEGER NOT NULL,
    must_change_password INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version >= 1),
    head_hash TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('pending_review', 'confirmed', 'processing', 'completed', 'cancelled', 'invalid')),
    store_id INTEGER NOT NULL REFERENCES stores (id),
    customer_id INTEGER REFERENCES customers (id),
    source TEXT NOT NULL CHECK (source IN ('shop', 'staff', 'import')),
    source_status TEXT,
    external_reference TEXT UNIQUE,
    currency TEXT NOT NULL,
    subtotal INTEGER NOT NULL,
    shipping_total INTEGER NOT NULL,
    total INTEGER NOT NULL CHECK (total BETWEEN 0 AND 1000000000000),
    contact_name TEXT,
    contact_phone TEXT,
    contact_phone_reversed TEXT,
    contact_email TEXT,
    contact_address TEXT,
    note TEXT NOT NULL,
    holds_stock INTEGER NOT NULL,
    change_until INTEGER,
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
    CHECK (subtotal + shipping_total = total),
    CHECK ((status = 'invalid') = (invalid_from IS NOT NULL))
) STRICT;
CREATE INDEX orders_by_time ON orders (placed_at, id);
CREATE INDEX orders_by_store ON orders (store_id, placed_at, id);
CREATE INDEX orders_by_status ON orders (status, placed_at, id);
CREATE INDEX orders_by_store_and_status ON orders (store_id, status, placed_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at, id);
CREATE INDEX orders_by_source_status ON orders (source_status, placed_at, id);
CREATE INDEX orders_by_email ON orders (contact_email, placed_at, id);
CREATE INDEX orders_by_phone ON orders (contact_phone_reversed, placed_at, id);

CREATE TABLE order_lines (
    order_id INTEGER NOT NULL REFERENCES orders (id),
    position INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    sku TEXT NOT NULL,
    title TEXT NOT NULL,
    category TEXT,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    unit_price INTEGER NOT NULL,
    total INTEGER NOT NULL CHECK (total = unit_price * quantity),
    PRIMARY KEY (order_id, position)
) STRICT;
CREATE INDEX order_lines_by_product ON order_lines (product_id, order_id);
CREATE INDEX order_lines_by_category ON order_lines (category, order_id);

-- What orders and deliveries did to the stock. The row's numbers are the sums over this ledger.
CREATE TABLE stock_movements (
    product_id INTEGER NOT NULL REFERENCES products (id),
    entity_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    PRIMARY KEY (product_id, entity_id, seq)
) STRICT;

-- One history for every kind of thing. Append-only without exception.
CREATE TABLE history (
    entity_id INTEGER NOT NULL,
    seq INTEGER NOT NULL CHECK (seq >= 1),
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

-- The personal values of an event. Erasure and purge may clear rows here; the history keeps the commitment.
CREATE TABLE personal_values (
    entity_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    salt TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (entity_id, seq)
) STRICT;

-- Every event once, in the gap-free order in which followers read them. No position: not sequenced yet.
CREATE TABLE outbox (
    entity_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    position INTEGER UNIQUE,
    PRIMARY KEY (entity_id, seq)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (recorded_at, entity_id, seq) WHERE position IS NULL;

CREATE TABLE credentials (
    principal_id INTEGER PRIMARY KEY,
    password_hash TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Families of refresh tokens; a family is one login.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    realm TEXT NOT NULL CHECK (realm IN ('customer', 'staff')),
    principal_id INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    token_hash TEXT NOT NULL,
    previous_hash TEXT,
    created_at INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_because TEXT
) STRICT;
CREATE INDEX sessions_by_principal ON sessions (principal_id, created_at);

-- What an idempotency key did. The answer is rendered again from the history.
CREATE TABLE idempotency_keys (
    scoped_key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

-- One row per writing process, touched by each of its batches: whether a commit whose answer was lost took place.
CREATE TABLE writers (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Pre-tokenised words: one column per class of fields, because not everybody may search them all.
CREATE VIRTUAL TABLE order_search USING fts5 (
    items, contact, note, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
CREATE VIRTUAL TABLE product_search USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TRIGGER history_no_update BEFORE UPDATE ON history
BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;

CREATE TRIGGER history_no_delete BEFORE DELETE ON history
BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;

CREATE TRIGGER stock_movements_no_update BEFORE UPDATE ON stock_movements
BEGIN
    SELECT RAISE(ABORT, 'stock_movements is append-only');
END;

CREATE TRIGGER stock_movements_no_delete BEFORE DELETE ON stock_movements
BEGIN
    SELECT RAISE(ABORT, 'stock_movements is append-only');
END;

-- For analysts: the same rows with readable times.
CREATE VIEW readable_orders AS
SELECT id, version, status, store_id, customer_id, source, source_status, currency, subtotal, shipping_total, total,
    strftime('%Y-%m-%dT%H:%M:%fZ', placed_at / 1000.0, 'unixepoch') AS placed_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', confirmed_at / 1000.0, 'unixepoch') AS confirmed_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', completed_at / 1000.0, 'unixepoch') AS completed_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', cancelled_at / 1000.0, 'unixepoch') AS cancelled_at
FROM orders;
CREATE VIEW readable_history AS
SELECT entity_id, seq, kind, type, event, actor_kind, actor_id, request_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at / 1000.0, 'unixepoch') AS recorded_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', occurred_at / 1000.0, 'unixepoch') AS occurred_at
FROM history;
