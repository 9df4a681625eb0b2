-- A text in and its answer are two of the rows that are written most: they leave the indexes that are never asked for them.
-- Every random index costs a page of the log for each row. reply_id was written and never read.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS messages_rebuilt;
CREATE TABLE messages_rebuilt (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL,
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
    provider_sid TEXT,
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
INSERT INTO messages_rebuilt (
    id, tag, direction, phone, our_number, user_id, cause_id, class, state, command, body, sealed, sealed_key, sealed_until,
    provider_sid, segments, price_micros, price_currency, error_code, attempts, ambiguous_attempts, not_before,
    next_attempt_at, lease_until, lease_tag, expires_at, state_at, reread_at, rereads, created_at
)
SELECT
    id, tag, direction, phone, our_number, user_id, cause_id, class, state, command, body, sealed, sealed_key, sealed_until,
    provider_sid, segments, price_micros, price_currency, error_code, attempts, ambiguous_attempts, not_before,
    next_attempt_at, lease_until, lease_tag, expires_at, state_at, reread_at, rereads, created_at
FROM messages;
-- An id is never given twice, not even that of a row that has been deleted.
DELETE FROM sqlite_sequence WHERE name = 'messages_rebuilt';
INSERT INTO sqlite_sequence (name, seq) SELECT 'messages_rebuilt', seq FROM sqlite_sequence WHERE name = 'messages';
DROP TABLE messages;
ALTER TABLE messages_rebuilt RENAME TO messages;
-- Only what is sent is found again by its tag or by Twilio's sid; a text that came in is found in inbound_sids.
CREATE UNIQUE INDEX messages_tag ON messages (tag) WHERE class IS NOT NULL;
CREATE UNIQUE INDEX messages_provider_sid ON messages (provider_sid)
WHERE class IS NOT NULL AND provider_sid IS NOT NULL;
CREATE INDEX messages_user ON messages (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX messages_cause ON messages (cause_id) WHERE cause_id IS NOT NULL;
-- With messages_bodies each row is in one of two.
CREATE INDEX messages_wordless ON messages (created_at) WHERE body IS NULL;
CREATE INDEX messages_phone ON messages (phone, id);
CREATE INDEX messages_due ON messages (class, next_attempt_at, id) WHERE state = 'queued';
CREATE INDEX messages_pending_phone ON messages (phone, class, id) WHERE state IN ('queued', 'sending');
CREATE INDEX messages_leased ON messages (lease_until) WHERE state = 'sending';
CREATE INDEX messages_reread ON messages (reread_at) WHERE reread_at IS NOT NULL;
CREATE INDEX messages_sealed ON messages (sealed_until) WHERE sealed IS NOT NULL;
CREATE INDEX messages_state ON messages (state, id);
CREATE INDEX messages_error ON messages (error_code, id) WHERE error_code IS NOT NULL;
CREATE INDEX messages_unsent ON messages (created_at) WHERE state IN ('queued', 'sending');
CREATE INDEX messages_bodies ON messages (created_at) WHERE body IS NOT NULL;

CREATE TRIGGER messages_counted AFTER INSERT ON messages
BEGIN
    INSERT INTO message_hours (hour, direction, state, messages, segments, unpriced_segments)
    VALUES (NEW.created_at / 3600000000, NEW.direction, NEW.state, 1, NEW.segments,
            CASE WHEN NEW.direction = 'out' AND NEW.price_micros IS NULL THEN NEW.segments ELSE 0 END)
    ON CONFLICT (hour, direction, state) DO UPDATE SET
        messages = messages + 1,
        segments = segments + excluded.segments,
        unpriced_segments = unpriced_segments + excluded.unpriced_segments;
END;

CREATE TRIGGER messages_recounted AFTER UPDATE OF state, segments, price_micros ON messages
WHEN OLD.state IS NOT NEW.state OR OLD.segments IS NOT NEW.segments OR OLD.price_micros IS NOT NEW.price_micros
BEGIN
    UPDATE message_hours SET
        messages = messages - 1,
        segments = segments - OLD.segments,
        unpriced_segments = unpriced_segments
            - CASE WHEN OLD.direction = 'out' AND OLD.price_micros IS NULL THEN OLD.segments ELSE 0 END
    WHERE hour = OLD.created_at / 3600000000 AND direction = OLD.direction AND state = OLD.state;
    INSERT INTO message_hours (hour, direction, state, messages, segments, unpriced_segments)
    VALUES (NEW.created_at / 3600000000, NEW.direction, NEW.state, 1, NEW.segments,
            CASE WHEN NEW.direction = 'out' AND NEW.price_micros IS NULL THEN NEW.segments ELSE 0 END)
    ON CONFLICT (hour, direction, state) DO UPDATE SET
        messages = messages + 1,
        segments = segments + excluded.segments,
        unpriced_segments = unpriced_segments + excluded.unpriced_segments;
END;

CREATE TRIGGER messages_priced AFTER UPDATE OF price_micros ON messages
WHEN NEW.price_micros IS NOT NULL AND NEW.price_currency IS NOT NULL AND OLD.price_micros IS NOT NEW.price_micros
BEGIN
    INSERT INTO cost_hours (hour, currency, micros)
    VALUES (NEW.created_at / 3600000000, NEW.price_currency, NEW.price_micros - coalesce(OLD.price_micros, 0))
    ON CONFLICT (hour, currency) DO UPDATE SET micros = micros + excluded.micros;
END;

DROP TABLE IF EXISTS inbound_sids_rebuilt;
CREATE TABLE inbound_sids_rebuilt (
    sid TEXT NOT NULL PRIMARY KEY,
    -- SHA-256 over From, To and Body.
    digest BLOB NOT NULL,
    -- The first 8 bytes of SHA-256 of the auth token that signed it.
    token_fingerprint BLOB NOT NULL,
    message_id BIGINT,
    received_at BIGINT NOT NULL
);
INSERT INTO inbound_sids_rebuilt (sid, digest, token_fingerprint, message_id, received_at)
SELECT sid, digest, token_fingerprint, message_id, received_at FROM inbound_sids;
DROP TABLE inbound_sids;
ALTER TABLE inbound_sids_rebuilt RENAME TO inbound_sids;
CREATE INDEX inbound_sids_received ON inbound_sids (received_at);

CREATE TEMP TABLE dangling (count INTEGER CHECK (count = 0));
INSERT INTO temp.dangling SELECT count(*) FROM pragma_foreign_key_check;
DROP TABLE temp.dangling;
COMMIT;
PRAGMA foreign_keys = ON;
