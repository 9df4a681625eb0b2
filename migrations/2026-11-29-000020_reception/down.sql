ALTER TABLE messages DROP COLUMN texted_at;
DROP TABLE reception;
