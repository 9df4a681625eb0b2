ALTER TABLE alarms DROP COLUMN asked_at;

UPDATE messages SET deadline_id = NULL
WHERE deadline_id IN (SELECT id FROM deadlines WHERE kind = 'call');
DELETE FROM alarm_contacts WHERE alarm_id IN (
    SELECT a.id FROM alarms a JOIN deadlines d ON d.id = a.deadline_id WHERE d.kind = 'call'
);
DELETE FROM alarms WHERE deadline_id IN (SELECT id FROM deadlines WHERE kind = 'call');
DELETE FROM deadline_stages WHERE deadline_id IN (SELECT id FROM deadlines WHERE kind = 'call');
DELETE FROM informed_contacts WHERE deadline_id IN (SELECT id FROM deadlines WHERE kind = 'call');
DELETE FROM deadlines WHERE kind = 'call';
UPDATE deadlines SET closed_how = 'withdrawn' WHERE closed_how = 'called_off';

-- The version before knows no stage of this name, and would not read a promise that has one.
DELETE FROM deadline_stages WHERE stage = 'joined';
UPDATE deadlines SET next_due_at = (
    SELECT min(s.due_at) FROM deadline_stages s WHERE s.deadline_id = deadlines.id AND s.outcome IS NULL
)
WHERE closed_at IS NULL;

PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(
    replace(sql, 'kind IN (''out'', ''call'')', 'kind IN (''out'')'),
    '''withdrawn'', ''called_off'', ''found''', '''withdrawn'', ''found'''
) WHERE type = 'table' AND name = 'deadlines';
PRAGMA writable_schema = RESET;
