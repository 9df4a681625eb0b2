-- An operator can close what is overdue or in alarm.
-- Only the CHECK of one column changes, so its text is replaced, as migration 18 does it: no row is rewritten.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(
    sql, '''found'', ''ended''',
    '''found'', ''operator_found'', ''operator_false_alarm'', ''operator_police'', ''ended'''
) WHERE type = 'table' AND name = 'deadlines';
PRAGMA writable_schema = RESET;
