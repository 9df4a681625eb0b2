-- Devices that have signed in. Each has failures of its own, so that those from elsewhere do not keep it out.
CREATE TABLE known_devices (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    digest BLOB NOT NULL UNIQUE,
    user_agent TEXT,
    -- The session that began on it last. A bare number without a foreign key: it outlives the session.
    session_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
);
CREATE INDEX known_devices_account ON known_devices (account_id);
CREATE INDEX known_devices_used ON known_devices (last_used_at);
