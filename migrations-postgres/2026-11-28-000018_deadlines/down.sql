SET LOCAL lock_timeout = '2s';

UPDATE messages SET class = 'safety' WHERE class = 'alarm';
DROP INDEX messages_deadline;
ALTER TABLE messages DROP COLUMN deadline_id;
DROP TABLE alarm_contacts;
DROP TABLE alarms;
DROP TABLE deadline_stages;
DROP TABLE deadlines;
