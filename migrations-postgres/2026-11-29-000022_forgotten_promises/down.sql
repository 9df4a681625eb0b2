DROP INDEX IF EXISTS deadlines_closed;
