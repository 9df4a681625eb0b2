-- Every text, in and out. The id is the order of arrival.
CREATE TABLE messages (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    -- Whom it came from or goes to. An alphanumeric sender is kept as it came.
    phone TEXT NOT NULL,
    our_number TEXT,
    user_id BIGINT REFERENCES users (id),
    -- The text that this one answers or that caused it.
    cause_id BIGINT REFERENCES messages (id),
    class TEXT CHECK (class IN ('safety', 'code', 'notice')),
    -- in: what became of it: answered, exempt, hinted, silent, told_limit, over_limit, looping. out: queued, sending,
    -- accepted, sent, delivered, undelivered, failed, expired, withheld, dead, unknown, replied.
    state TEXT NOT NULL,
    -- in: the command it was read as.
    command TEXT,
    -- At most one of body and sealed holds the words; neither once they are erased.
    body TEXT,
    sealed BLOB,
    sealed_key TEXT,
    sealed_until BIGINT,
    provider_sid TEXT UNIQUE,
    segments BIGINT NOT NULL DEFAULT 0,
    price_micros BIGINT,
    price_currency TEXT,
    error_code TEXT,
    attempts BIGINT NOT NULL DEFAULT 0,
    ambiguous_attempts BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT,
    next_attempt_at BIGINT,
    lease_until BIGINT,
    lease_tag BLOB,
    expires_at BIGINT,
    -- When the state was entered; for a final state, when it ended.
    state_at BIGINT NOT NULL,
    -- When Twilio is next asked for price and segments.
    reread_at BIGINT,
    rereads BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE INDEX messages_phone ON messages (phone, id);
CREATE INDEX messages_user ON messages (user_id, id);
CREATE INDEX messages_cause ON messages (cause_id);
CREATE INDEX messages_due ON messages (class, next_attempt_at, id) WHERE state = 'queued';
CREATE INDEX messages_pending_phone ON messages (phone, class, id) WHERE state IN ('queued', 'sending');
CREATE INDEX messages_leased ON messages (lease_until) WHERE state = 'sending';
CREATE INDEX messages_reread ON messages (reread_at) WHERE reread_at IS NOT NULL;
CREATE INDEX messages_sealed ON messages (sealed_until) WHERE sealed IS NOT NULL;
CREATE INDEX messages_state ON messages (state, id);
CREATE INDEX messages_created ON messages (created_at);
CREATE INDEX messages_bodies ON messages (created_at) WHERE body IS NOT NULL;

-- What is left of a text when its message is gone: a sid acts once for as long as a signature could still verify.
CREATE TABLE inbound_sids (
    sid TEXT NOT NULL PRIMARY KEY,
    -- SHA-256 over From, To and Body.
    digest BLOB NOT NULL,
    -- The first 8 bytes of SHA-256 of the auth token that signed it.
    token_fingerprint BLOB NOT NULL,
    message_id BIGINT,
    reply_id BIGINT,
    received_at BIGINT NOT NULL
);
CREATE INDEX inbound_sids_received ON inbound_sids (received_at);

-- Delivery callbacks as they came; one that came before our own record of the sid is applied later.
CREATE TABLE status_callbacks (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    sid TEXT NOT NULL,
    status TEXT NOT NULL,
    error_code TEXT NOT NULL DEFAULT '',
    received_at BIGINT NOT NULL,
    applied BOOLEAN NOT NULL,
    UNIQUE (sid, status, error_code)
);
CREATE INDEX status_callbacks_received ON status_callbacks (received_at);
