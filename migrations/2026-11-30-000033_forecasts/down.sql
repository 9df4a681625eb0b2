DROP TABLE forecast_requests;
DROP TABLE forecast_orders;
DROP TABLE forecasts;
