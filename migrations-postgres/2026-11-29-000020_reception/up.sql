-- When the service last ran, and up to when every text that the provider received is stored: one row.
SET LOCAL lock_timeout = '2s';

CREATE TABLE reception (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    alive_at BIGINT NOT NULL,
    read_to BIGINT
);
-- When the provider received a text that no webhook brought, and that was fetched.
ALTER TABLE messages ADD COLUMN texted_at BIGINT;
