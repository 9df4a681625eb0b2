ALTER TABLE deadlines DROP COLUMN restored_at;
