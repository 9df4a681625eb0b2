-- Calls to contacts who do not answer the text of an alert: rows of the outbox, as texts and mails are.
CREATE TABLE calls (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    deadline_id BIGINT REFERENCES deadlines (id),
    user_id BIGINT REFERENCES users (id),
    phone TEXT NOT NULL,
    -- queued, sending, accepted, sent, delivered, undelivered, failed, expired, withheld, dead.
    state TEXT NOT NULL,
    -- How far the provider says it has come.
    status TEXT,
    words TEXT,
    sid TEXT,
    pressed TEXT,
    error_code TEXT,
    attempts BIGINT NOT NULL DEFAULT 0,
    ambiguous_attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT,
    lease_until BIGINT,
    lease_tag BLOB,
    expires_at BIGINT NOT NULL,
    state_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX calls_state ON calls (state, next_attempt_at);
CREATE INDEX calls_leased ON calls (state, lease_until);
CREATE INDEX calls_deadline ON calls (deadline_id);
CREATE INDEX calls_phone ON calls (phone);
CREATE INDEX calls_words ON calls (created_at) WHERE words IS NOT NULL;

-- Numbers that want no calls. Texts are not affected.
CREATE TABLE no_calls (
    phone TEXT NOT NULL PRIMARY KEY,
    asked_at BIGINT NOT NULL
);
