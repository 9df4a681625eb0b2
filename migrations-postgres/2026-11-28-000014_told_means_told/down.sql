SET LOCAL lock_timeout = '2s';

ALTER TABLE check_ins DROP COLUMN taken_back_at;
ALTER TABLE check_ins DROP COLUMN before_at;
ALTER TABLE check_ins DROP COLUMN before_code;
ALTER TABLE contacts DROP COLUMN heard_text;
ALTER TABLE contacts DROP COLUMN trouble;
