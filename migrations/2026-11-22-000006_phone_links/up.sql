CREATE TABLE phone_links (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    phone TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
);
CREATE UNIQUE INDEX phone_links_live_phone ON phone_links (phone) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX phone_links_live_account ON phone_links (account_id) WHERE ended_at IS NULL;
CREATE INDEX phone_links_account ON phone_links (account_id);
CREATE INDEX phone_links_phone ON phone_links (phone);

-- Six digits texted to a number that an account wants to link.
CREATE TABLE phone_codes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    phone TEXT NOT NULL,
    mac BLOB NOT NULL,
    mac_key TEXT NOT NULL,
    -- Judged guesses, counted before the comparison.
    guesses BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
);
CREATE INDEX phone_codes_account ON phone_codes (account_id, id);
CREATE INDEX phone_codes_phone ON phone_codes (phone, created_at);
CREATE INDEX phone_codes_created ON phone_codes (created_at);

-- Three words that an account's owner texts to us.
CREATE TABLE phone_word_sets (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    mac BLOB NOT NULL,
    mac_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
);
CREATE UNIQUE INDEX phone_word_sets_open ON phone_word_sets (mac) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX phone_word_sets_open_account ON phone_word_sets (account_id) WHERE ended_at IS NULL;
CREATE INDEX phone_word_sets_account ON phone_word_sets (account_id);
CREATE INDEX phone_word_sets_created ON phone_word_sets (created_at);

-- What CONFIRM and one word would complete: at most one open row a number.
CREATE TABLE pending_actions (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    phone TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('link', 'unlink')),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    word_set_id BIGINT REFERENCES phone_word_sets (id),
    mac BLOB NOT NULL,
    mac_key TEXT NOT NULL,
    guesses BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
);
CREATE UNIQUE INDEX pending_actions_open ON pending_actions (phone) WHERE ended_at IS NULL;
CREATE INDEX pending_actions_phone ON pending_actions (phone, id);
CREATE INDEX pending_actions_created ON pending_actions (created_at);
CREATE INDEX pending_actions_account ON pending_actions (account_id);
CREATE INDEX pending_actions_word_set ON pending_actions (word_set_id);
