-- Counters that a restart does not reset. The scope names what is counted, the key is a keyed digest or a number.
CREATE TABLE counters (
    scope TEXT NOT NULL,
    key BLOB NOT NULL,
    count BIGINT NOT NULL,
    window_started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- From then on the row says nothing any more.
    forget_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX counters_forget ON counters (forget_at);

CREATE TABLE idempotency_keys (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- Whose key it is: account:7 or admin:2.
    owner TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (owner, route, key)
);
CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at);
-- Requests that were never answered are found by this one.
CREATE INDEX idempotency_keys_status ON idempotency_keys (status, created_at);
