-- What the desk works with: how stores handle orders, deadlines, the trash, what an order looks like.

ALTER TABLE stores ADD COLUMN duplicate_window_minutes INTEGER;
ALTER TABLE stores ADD COLUMN review_minutes INTEGER;
ALTER TABLE stores ADD COLUMN start_minutes INTEGER;
ALTER TABLE stores ADD COLUMN completion_minutes INTEGER;
ALTER TABLE stores ADD COLUMN cancel_unconfirmed_minutes INTEGER;
ALTER TABLE stores ADD COLUMN public_board INTEGER NOT NULL DEFAULT FALSE;

ALTER TABLE orders ADD COLUMN unlisted INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE orders ADD COLUMN status_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN due_at INTEGER;
ALTER TABLE orders ADD COLUMN breached_at INTEGER;
ALTER TABLE orders ADD COLUMN deleted_at INTEGER CHECK (deleted_at IS NULL OR status = 'invalid');
ALTER TABLE orders ADD COLUMN deleted_in INTEGER CHECK (deleted_in IS NULL OR deleted_at IS NOT NULL);
-- A number that orders of one buyer with one basket in one store have in common; none for imported ones. Orders that
-- are older than this column have none either: they are far older than anything that is compared.
ALTER TABLE orders ADD COLUMN look_alike_key INTEGER;

UPDATE orders SET status_since = COALESCE((
    SELECT h.occurred_at FROM history h
    WHERE h.entity_id = orders.id AND h.type IN ('placed', 'imported', 'step_imported', 'confirmed', 'rejected',
        'started', 'completed', 'cancelled', 'invalidated', 'restored')
    ORDER BY h.seq DESC LIMIT 1
), placed_at);

CREATE INDEX orders_by_due ON orders (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX orders_by_look_alike ON orders (look_alike_key, placed_at) WHERE look_alike_key IS NOT NULL;
CREATE INDEX orders_by_deletion ON orders (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX orders_by_deleting_batch ON orders (deleted_in, id) WHERE deleted_in IS NOT NULL;
