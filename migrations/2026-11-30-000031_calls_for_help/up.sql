-- A hiker can ask the contacts for help: a row of a kind of its own, whose alarm is open from the beginning.
-- Only the CHECKs of two columns change, so their text is replaced, as migration 18 does it: no row is rewritten.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(
    replace(sql, 'kind IN (''out'')', 'kind IN (''out'', ''call'')'),
    '''withdrawn'', ''found''', '''withdrawn'', ''called_off'', ''found'''
) WHERE type = 'table' AND name = 'deadlines';
PRAGMA writable_schema = RESET;

-- When the hiker asked for help last; NULL if the alarm is only about a time that has passed.
ALTER TABLE alarms ADD COLUMN asked_at BIGINT;
