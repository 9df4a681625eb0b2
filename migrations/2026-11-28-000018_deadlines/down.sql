UPDATE messages SET class = 'safety' WHERE class = 'alarm';
DROP INDEX messages_deadline;
ALTER TABLE messages DROP COLUMN deadline_id;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'class IN (''alarm'', ''safety'',', 'class IN (''safety'',')
WHERE type = 'table' AND name = 'messages';
PRAGMA writable_schema = RESET;
DROP TABLE alarm_contacts;
DROP TABLE alarms;
DROP TABLE deadline_stages;
DROP TABLE deadlines;
