DROP INDEX IF EXISTS mails_pages;
