DROP INDEX IF EXISTS deadlines_words;
