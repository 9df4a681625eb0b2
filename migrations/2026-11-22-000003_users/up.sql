-- One row is one person's time on one number.
CREATE TABLE users (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    phone TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    -- A bare number without a foreign key: it outlives the account.
    last_account_id BIGINT,
    trail_name TEXT NOT NULL,
    route_id TEXT NOT NULL,
    position_code TEXT,
    position_at BIGINT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_live_phone ON users (phone) WHERE ended_at IS NULL;
CREATE INDEX users_phone ON users (phone);
CREATE INDEX users_account ON users (account_id);
CREATE INDEX users_last_account ON users (last_account_id);

CREATE TABLE check_ins (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    route_id TEXT NOT NULL,
    camp_code TEXT NOT NULL,
    camp_name TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('sms', 'web', 'adopted')),
    at BIGINT NOT NULL,
    -- Whether contacts were told; a repeat within 30 minutes is not announced.
    announced BOOLEAN NOT NULL,
    contacts_told BIGINT NOT NULL
);
CREATE INDEX check_ins_user ON check_ins (user_id, id);

CREATE TABLE contacts (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id),
    phone TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, phone)
);
CREATE INDEX contacts_phone ON contacts (phone);
