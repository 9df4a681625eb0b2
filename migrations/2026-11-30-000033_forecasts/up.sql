-- What providers said of cells of 0.05 degrees, a row for each provider. It belongs to a cell and to no person.
CREATE TABLE forecasts (
    lat BIGINT NOT NULL,
    lon BIGINT NOT NULL,
    source TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    fetched_at BIGINT NOT NULL,
    checked_at BIGINT NOT NULL,
    expires_at BIGINT,
    tag TEXT,
    ground BIGINT,
    hours TEXT NOT NULL,
    PRIMARY KEY (lat, lon, source)
);
CREATE INDEX forecasts_run ON forecasts (run_at);

-- Cells that are to be fetched, each once, however many wait for it.
CREATE TABLE forecast_orders (
    lat BIGINT NOT NULL,
    lon BIGINT NOT NULL,
    height BIGINT,
    of_route BOOLEAN NOT NULL,
    waited BOOLEAN NOT NULL,
    ordered_at BIGINT NOT NULL,
    again_at BIGINT NOT NULL,
    PRIMARY KEY (lat, lon)
);

-- Questions that wait for a forecast. The commit that queues the answer removes the row, so each has one answer.
CREATE TABLE forecast_requests (
    tag BLOB NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    phone TEXT NOT NULL,
    asked TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX forecast_requests_due ON forecast_requests (due_at);
CREATE INDEX forecast_requests_user ON forecast_requests (user_id);
