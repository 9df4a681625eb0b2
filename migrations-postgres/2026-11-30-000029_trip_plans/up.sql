-- What a hiker has written about the trip, for whoever searches: it stands in no text. The promise that takes the place of
-- another one takes it over, and it is erased 30 days after the promise was closed.
SET LOCAL lock_timeout = '2s';

CREATE TABLE trip_plans (
    deadline_id BIGINT NOT NULL PRIMARY KEY REFERENCES deadlines (id),
    party BIGINT CHECK (party BETWEEN 1 AND 20),
    vehicle TEXT COLLATE "C" NOT NULL,
    gear TEXT COLLATE "C" NOT NULL,
    plan TEXT COLLATE "C" NOT NULL,
    notes TEXT COLLATE "C" NOT NULL
);
