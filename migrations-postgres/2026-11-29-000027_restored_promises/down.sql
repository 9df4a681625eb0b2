SET LOCAL lock_timeout = '2s';

ALTER TABLE deadlines DROP COLUMN restored_at;
