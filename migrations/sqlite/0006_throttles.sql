-- How often somebody has tried something, by a hash of what and who: so many attempts, which are forgotten at
-- `expires_at`; no further one before `blocked_until`.
CREATE TABLE throttles (
    key TEXT PRIMARY KEY,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    expires_at INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL
) STRICT;
CREATE INDEX throttles_by_expiry ON throttles (expires_at);
