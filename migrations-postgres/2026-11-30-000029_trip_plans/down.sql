SET LOCAL lock_timeout = '2s';

DROP TABLE trip_plans;
