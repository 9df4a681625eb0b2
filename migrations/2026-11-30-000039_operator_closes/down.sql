-- The version before knows no operator: that the hiker was found is the nearest that it can say of one who was, and of
-- the others it says that nobody watches the time any more.
UPDATE deadlines SET closed_how = 'found' WHERE closed_how = 'operator_found';
UPDATE deadlines SET closed_how = 'withdrawn' WHERE closed_how IN ('operator_false_alarm', 'operator_police');

PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(
    sql, '''found'', ''operator_found'', ''operator_false_alarm'', ''operator_police'', ''ended''',
    '''found'', ''ended'''
) WHERE type = 'table' AND name = 'deadlines';
PRAGMA writable_schema = RESET;
