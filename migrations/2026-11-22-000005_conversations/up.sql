-- Where a number stands in onboarding, or what it was asked last.
CREATE TABLE conversations (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    phone TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    trail_name TEXT,
    expires_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX conversations_expires ON conversations (expires_at);

CREATE TABLE opt_outs (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    phone TEXT NOT NULL,
    source TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX opt_outs_live_phone ON opt_outs (phone) WHERE ended_at IS NULL;
CREATE INDEX opt_outs_phone ON opt_outs (phone);
