-- Pages by mail, by when they were queued.
CREATE INDEX mails_pages ON mails (created_at) WHERE is_page;
