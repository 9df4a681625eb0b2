-- Whether the first text to a new contact gives the hiker's whole number.
SET LOCAL lock_timeout = '2s';

ALTER TABLE users ADD COLUMN shows_number BOOLEAN NOT NULL DEFAULT FALSE;
