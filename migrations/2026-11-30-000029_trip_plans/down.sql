DROP TABLE trip_plans;
