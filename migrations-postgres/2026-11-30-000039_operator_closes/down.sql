-- The version before knows no operator: that the hiker was found is the nearest that it can say of one who was, and of
-- the others it says that nobody watches the time any more.
SET LOCAL lock_timeout = '2s';

UPDATE deadlines SET closed_how = 'found' WHERE closed_how = 'operator_found';
UPDATE deadlines SET closed_how = 'withdrawn' WHERE closed_how IN ('operator_false_alarm', 'operator_police');

ALTER TABLE deadlines DROP CONSTRAINT deadlines_closed_how_check;
ALTER TABLE deadlines ADD CONSTRAINT deadlines_closed_how_check
CHECK (closed_how IN ('back', 'heard', 'replaced', 'withdrawn', 'called_off', 'found', 'ended'));
