-- Closed promises are forgotten, the oldest first.
CREATE INDEX deadlines_closed ON deadlines (closed_at) WHERE closed_at IS NOT NULL;
