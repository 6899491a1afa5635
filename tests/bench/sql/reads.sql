-- What a list shows of an order, and no more: one table, one index.
CREATE TABLE bare_orders (
    id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    store_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    contact_name TEXT,
    contact_email TEXT,
    contact_phone TEXT,
    source TEXT NOT NULL,
    note TEXT NOT NULL,
    total BIGINT NOT NULL,
    currency TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    due_at BIGINT,
    deleted_at BIGINT
);
INSERT INTO bare_orders
WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 20000)
SELECT id, 1, 'pending_review', 1764000000000 + id % 7, 1764000000000 + id % 50, 'Load1x000001', NULL, '+886912345678', 'shop',
    'order 1', 3000 + id, 'TWD', 1764000000000 + id, 1764000000000 + id, 1764000086400 + id, NULL
FROM n;
