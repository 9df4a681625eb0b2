DROP INDEX mails_pages;
