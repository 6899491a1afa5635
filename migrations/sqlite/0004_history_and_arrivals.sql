-- The history by the things of a store and by kind of event, besides by time and by actor; and which orders are new for
-- whom.

CREATE INDEX history_by_store ON history (store_id, recorded_at, entity_id, seq);
CREATE INDEX history_by_type ON history (kind, type, recorded_at, entity_id, seq);

-- Every order that was placed here (not taken over from elsewhere), at the position of its first event in the outbox.
CREATE TABLE order_arrivals (
    order_id INTEGER PRIMARY KEY REFERENCES orders (id),
    store_id INTEGER NOT NULL REFERENCES stores (id),
    position INTEGER NOT NULL UNIQUE
) STRICT;
CREATE INDEX order_arrivals_by_store ON order_arrivals (store_id, position);

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
) STRICT;

INSERT INTO order_arrivals (order_id, store_id, position)
SELECT o.id, o.store_id, b.position
FROM orders o
    JOIN history h ON h.entity_id = o.id AND h.seq = 1 AND h.type = 'placed'
    JOIN outbox b ON b.entity_id = o.id AND b.seq = 1 AND b.position IS NOT NULL;

-- What is older than this is news to nobody.
INSERT INTO seen_marks (member_id, position)
SELECT m.id, (SELECT COALESCE(MAX(position), 0) FROM outbox) FROM members m;
