SET LOCAL lock_timeout = '2s';

DROP TABLE no_calls;
DROP TABLE calls;
