-- The time by which a hiker promises to be out. One row is one promise; another time is another row that replaces it.
CREATE TABLE deadlines (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL CHECK (kind IN ('out')),
    -- The hiker's number, and the route with its zone, as they were when the time was set.
    phone TEXT NOT NULL,
    route_id TEXT NOT NULL,
    zone TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    set_at BIGINT NOT NULL,
    set_by TEXT NOT NULL CHECK (set_by IN ('text', 'late', 'web')),
    -- What LATE added.
    delay BIGINT,
    -- The text that set it. Texts are forgotten earlier than this row.
    text_id BIGINT,
    state TEXT NOT NULL CHECK (state IN ('armed', 'asking', 'alarmed', 'closed')),
    closed_at BIGINT,
    closed_how TEXT CHECK (closed_how IN ('back', 'heard', 'replaced', 'withdrawn', 'found', 'ended')),
    -- The contact who said FOUND.
    closed_by TEXT,
    replaces_id BIGINT REFERENCES deadlines (id),
    -- When the earliest open stage is due.
    next_due_at BIGINT,
    revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX deadlines_open ON deadlines (user_id, kind) WHERE closed_at IS NULL;
CREATE INDEX deadlines_user ON deadlines (user_id, id);
CREATE INDEX deadlines_due ON deadlines (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX deadlines_replaces ON deadlines (replaces_id) WHERE replaces_id IS NOT NULL;

CREATE TABLE deadline_stages (
    deadline_id BIGINT NOT NULL REFERENCES deadlines (id),
    stage TEXT NOT NULL,
    -- None while a contact deals with the alarm.
    due_at BIGINT,
    ended_at BIGINT,
    outcome TEXT CHECK (outcome IN ('fired', 'skipped', 'withdrawn')),
    late BIGINT,
    PRIMARY KEY (deadline_id, stage)
);

CREATE TABLE alarms (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    deadline_id BIGINT NOT NULL UNIQUE REFERENCES deadlines (id),
    opened_at BIGINT NOT NULL,
    -- How often a contact has said ACTING while nobody else was acting, and who is acting now.
    claims BIGINT NOT NULL,
    acting_phone TEXT,
    acting_since BIGINT,
    closed_at BIGINT
);

-- Everybody whom an alert was queued for.
CREATE TABLE alarm_contacts (
    alarm_id BIGINT NOT NULL REFERENCES alarms (id),
    phone TEXT NOT NULL,
    name TEXT NOT NULL,
    alerted_at BIGINT NOT NULL,
    acting_at BIGINT,
    PRIMARY KEY (alarm_id, phone)
);
CREATE INDEX alarm_contacts_phone ON alarm_contacts (phone);

-- The promise that a text is about: it is not sent any more once the promise is closed.
ALTER TABLE messages ADD COLUMN deadline_id BIGINT;
CREATE INDEX messages_deadline ON messages (deadline_id) WHERE deadline_id IS NOT NULL;

-- Alerts have a class of their own. Only the CHECK of a column changes, so its text is replaced as SQLite documents it
-- (lang_altertable, "Making other kinds of table schema changes"): no row is rewritten, however many there are.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'class IN (''safety'',', 'class IN (''alarm'', ''safety'',')
WHERE type = 'table' AND name = 'messages';
PRAGMA writable_schema = RESET;
