-- What a hiker has written about the trip, for whoever searches: it stands in no text. The promise that takes the place of
-- another one takes it over, and it is erased 30 days after the promise was closed.
CREATE TABLE trip_plans (
    deadline_id BIGINT NOT NULL PRIMARY KEY REFERENCES deadlines (id),
    party BIGINT CHECK (party BETWEEN 1 AND 20),
    vehicle TEXT NOT NULL,
    gear TEXT NOT NULL,
    plan TEXT NOT NULL,
    notes TEXT NOT NULL
);
