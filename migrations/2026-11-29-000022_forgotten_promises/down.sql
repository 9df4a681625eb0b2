DROP INDEX deadlines_closed;
