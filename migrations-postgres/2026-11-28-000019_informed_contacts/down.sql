SET LOCAL lock_timeout = '2s';

ALTER TABLE alarms DROP COLUMN lapsed_since;
ALTER TABLE alarms DROP COLUMN lapsed_phone;
DROP TABLE informed_contacts;
