-- When a backup was put back in which the promise was open; NULL if none was.
ALTER TABLE deadlines ADD COLUMN restored_at BIGINT;
