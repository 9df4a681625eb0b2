SET LOCAL lock_timeout = '2s';

DROP TABLE forecast_requests;
DROP TABLE forecast_orders;
DROP TABLE forecasts;
