-- The words with which any phone can close the promise; NULL for one from before there were words.
SET LOCAL lock_timeout = '2s';

ALTER TABLE deadlines ADD COLUMN words TEXT COLLATE "C";
