DROP INDEX deadlines_words;
