-- Every key of the key ring this database has ever seen.
CREATE TABLE key_ring_ids (
    key_id TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    first_seen_at BIGINT NOT NULL,
    dropped_at BIGINT
);
