-- The words with which any phone can close the promise; NULL for one from before there were words.
ALTER TABLE deadlines ADD COLUMN words TEXT;
