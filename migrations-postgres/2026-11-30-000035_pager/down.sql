SET LOCAL lock_timeout = '2s';

DELETE FROM mails WHERE is_page;
ALTER TABLE mails DROP COLUMN is_page;
ALTER TABLE mails DROP COLUMN class;
DROP TABLE page_events;
DROP TABLE pages;
