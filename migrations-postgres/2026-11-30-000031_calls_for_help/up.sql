-- A hiker can ask the contacts for help: a row of a kind of its own, whose alarm is open from the beginning.
-- Every row that is there fits the wider CHECKs, so they are not read for it.
SET LOCAL lock_timeout = '2s';

ALTER TABLE deadlines DROP CONSTRAINT deadlines_kind_check;
ALTER TABLE deadlines ADD CONSTRAINT deadlines_kind_check CHECK (kind IN ('out', 'call')) NOT VALID;
ALTER TABLE deadlines DROP CONSTRAINT deadlines_closed_how_check;
ALTER TABLE deadlines ADD CONSTRAINT deadlines_closed_how_check
CHECK (closed_how IN ('back', 'heard', 'replaced', 'withdrawn', 'called_off', 'found', 'ended')) NOT VALID;

-- When the hiker asked for help last; NULL if the alarm is only about a time that has passed.
ALTER TABLE alarms ADD COLUMN asked_at BIGINT;
