SET LOCAL lock_timeout = '2s';

ALTER TABLE contacts DROP COLUMN ready_sid;
ALTER TABLE contacts DROP COLUMN ready_at;
