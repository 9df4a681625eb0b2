CREATE TABLE mails (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    account_id BIGINT REFERENCES accounts (id),
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- queued, sending, sent, failed, expired, dead.
    state TEXT NOT NULL,
    body TEXT,
    sealed BLOB,
    sealed_key TEXT,
    sealed_until BIGINT,
    error TEXT,
    attempts BIGINT NOT NULL DEFAULT 0,
    ambiguous_attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT,
    lease_until BIGINT,
    lease_tag BLOB,
    expires_at BIGINT NOT NULL,
    state_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX mails_account ON mails (account_id);
CREATE INDEX mails_due ON mails (next_attempt_at, id) WHERE state = 'queued';
CREATE INDEX mails_leased ON mails (lease_until) WHERE state = 'sending';
CREATE INDEX mails_sealed ON mails (sealed_until) WHERE sealed IS NOT NULL;
CREATE INDEX mails_state ON mails (state, id);
CREATE INDEX mails_created ON mails (created_at);
CREATE INDEX mails_bodies ON mails (created_at) WHERE body IS NOT NULL;
