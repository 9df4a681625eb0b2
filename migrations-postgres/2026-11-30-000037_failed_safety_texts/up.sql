-- Texts about safety that did not arrive, by when that was known.
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_failed ON messages (state_at)
WHERE state IN ('undelivered', 'failed', 'expired', 'dead', 'unknown') AND class IN ('alarm', 'safety');
