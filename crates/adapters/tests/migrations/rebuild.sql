PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS parents_rebuilt;
CREATE TABLE parents_rebuilt (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    added BIGINT
);
INSERT INTO parents_rebuilt (id, name) SELECT id, name FROM parents;
DROP TABLE parents;
ALTER TABLE parents_rebuilt RENAME TO parents;
CREATE TEMP TABLE dangling (count INTEGER CHECK (count = 0));
INSERT INTO temp.dangling SELECT count(*) FROM pragma_foreign_key_check;
DROP TABLE temp.dangling;
COMMIT;
PRAGMA foreign_keys = ON;
