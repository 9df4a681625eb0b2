-- Pages by mail, by when they were queued.
CREATE INDEX CONCURRENTLY IF NOT EXISTS mails_pages ON mails (created_at) WHERE is_page;
