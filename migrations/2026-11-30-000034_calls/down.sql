DROP TABLE no_calls;
DROP TABLE calls;
