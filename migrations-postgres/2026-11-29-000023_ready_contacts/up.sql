-- When the contact agreed to be alerted, and the text that says so; NULL if it has not.
SET LOCAL lock_timeout = '2s';

ALTER TABLE contacts ADD COLUMN ready_at BIGINT;
ALTER TABLE contacts ADD COLUMN ready_sid TEXT COLLATE "C";
