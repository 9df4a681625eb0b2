-- Texts about safety that did not arrive, by when that was known.
CREATE INDEX messages_failed ON messages (state_at)
WHERE state IN ('undelivered', 'failed', 'expired', 'dead', 'unknown') AND class IN ('alarm', 'safety');
