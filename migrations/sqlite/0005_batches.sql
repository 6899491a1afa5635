-- Acts on many orders at once: what is to be done, and what became of each order.

CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    created_by INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('delete', 'undelete', 'confirm', 'invalidate')),
    reason TEXT,
    -- Only until it is finished: then it stands with the histories of the orders.
    comment TEXT,
    stores TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'cancelled')),
    total INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    already_applied INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    CHECK (succeeded + already_applied + refused <= total),
    CHECK ((finished_at IS NULL) = (status IN ('pending', 'running')))
) STRICT;
CREATE INDEX batches_by_member ON batches (created_by, id);
CREATE INDEX batches_open ON batches (id) WHERE finished_at IS NULL;

-- Also ids that lead to no order in its maker's reach. The version is the one that the order must still have; none: any.
CREATE TABLE batch_items (
    batch_id INTEGER NOT NULL REFERENCES batches (id),
    order_id INTEGER NOT NULL,
    version INTEGER,
    result TEXT NOT NULL DEFAULT 'waiting' CHECK (result IN
        ('waiting', 'succeeded', 'already_applied', 'refused', 'cancelled')),
    code TEXT,
    PRIMARY KEY (batch_id, order_id),
    CHECK ((code IS NOT NULL) = (result = 'refused'))
) STRICT;
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
