-- A text that quotes the words of a promise finds it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS deadlines_words ON deadlines (words) WHERE words IS NOT NULL;
