-- Pages to the operator: what waits, is under way or has ended, as with texts and mails.
CREATE TABLE pages (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT NOT NULL,
    -- queued, sending, sent, failed, expired, dead.
    state TEXT NOT NULL,
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
CREATE INDEX pages_state ON pages (state, id);
CREATE INDEX pages_created ON pages (created_at);

-- What an operator was paged about, each event once, so that a restart repeats nothing. An event names no person.
CREATE TABLE page_events (
    event TEXT NOT NULL PRIMARY KEY,
    -- The tag of the page that tells of it, alone or together with others.
    page BLOB NOT NULL,
    told_at BIGINT NOT NULL
);
CREATE INDEX page_events_page ON page_events (page);
CREATE INDEX page_events_told ON page_events (told_at);

-- A mail that tells of an alarm is never behind one that tells of a password.
ALTER TABLE mails ADD COLUMN class TEXT NOT NULL DEFAULT 'notice';
ALTER TABLE mails ADD COLUMN is_page BOOLEAN NOT NULL DEFAULT FALSE CHECK (is_page IN (0, 1));
