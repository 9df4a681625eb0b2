CREATE TABLE admins (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- The associated data of what is sealed for this administrator.
    tag BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator')),
    password_hash TEXT NOT NULL,
    totp_sealed BLOB,
    totp_key TEXT,
    -- The last time step whose code was accepted: a code works once.
    totp_last_step BIGINT,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE admin_recovery_codes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    admin_id BIGINT NOT NULL REFERENCES admins (id),
    digest BLOB NOT NULL UNIQUE,
    used_at BIGINT
);
CREATE INDEX admin_recovery_codes_admin ON admin_recovery_codes (admin_id);

CREATE TABLE admin_sessions (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    admin_id BIGINT NOT NULL REFERENCES admins (id),
    digest BLOB NOT NULL UNIQUE,
    -- Whether the second factor, where there is one, was given.
    complete BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX admin_sessions_admin ON admin_sessions (admin_id);
CREATE INDEX admin_sessions_expires ON admin_sessions (expires_at);
