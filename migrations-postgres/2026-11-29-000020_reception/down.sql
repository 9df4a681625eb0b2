SET LOCAL lock_timeout = '2s';

ALTER TABLE messages DROP COLUMN texted_at;
DROP TABLE reception;
