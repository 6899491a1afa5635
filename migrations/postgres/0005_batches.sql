-- Acts on many orders at once: what is to be done, and what became of each order.

CREATE TABLE batches (
    id BIGINT PRIMARY KEY,
    created_by BIGINT NOT NULL,
    action TEXT COLLATE "C" NOT NULL CHECK (action IN ('delete', 'undelete', 'confirm', 'invalidate')),
    reason TEXT COLLATE "C",
    -- Only until it is finished: then it stands with the histories of the orders.
    comment TEXT COLLATE "C",
    stores TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'cancelled')),
    total BIGINT NOT NULL,
    succeeded BIGINT NOT NULL,
    already_applied BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    CHECK (succeeded + already_applied + refused <= total),
    CHECK ((finished_at IS NULL) = (status IN ('pending', 'running')))
);
CREATE INDEX batches_by_member ON batches (created_by, id);
CREATE INDEX batches_open ON batches (id) WHERE finished_at IS NULL;

-- Also ids that lead to no order in its maker's reach. The version is the one that the order must still have; none: any.
CREATE TABLE batch_items (
    batch_id BIGINT NOT NULL REFERENCES batches (id),
    order_id BIGINT NOT NULL,
    version BIGINT,
    result TEXT COLLATE "C" NOT NULL DEFAULT 'waiting' CHECK (result IN
        ('waiting', 'succeeded', 'already_applied', 'refused', 'cancelled')),
    code TEXT COLLATE "C",
    PRIMARY KEY (batch_id, order_id),
    CHECK ((code IS NOT NULL) = (result = 'refused'))
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
