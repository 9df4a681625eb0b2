ALTER TABLE deadlines DROP COLUMN words;
