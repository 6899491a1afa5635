-- How often somebody has tried something, by a hash of what and who: so many attempts, which are forgotten at
-- `expires_at`; no further one before `blocked_until`.
CREATE TABLE throttles (
    key TEXT COLLATE "C" PRIMARY KEY,
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    expires_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);
CREATE INDEX throttles_by_expiry ON throttles (expires_at);
