-- Whether the first text to a new contact gives the hiker's whole number.
ALTER TABLE users ADD COLUMN shows_number BOOLEAN NOT NULL DEFAULT FALSE CHECK (shows_number IN (0, 1));
