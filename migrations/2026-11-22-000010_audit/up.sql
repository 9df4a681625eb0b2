-- Append only. hash = SHA-256 over the previous row's hash and this row's fields. Retention may cut off a prefix; the
-- number and hash of the last row it took then stand in audit_anchor.
CREATE TABLE audit_log (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_subject ON audit_log (subject, id);
CREATE INDEX audit_log_actor ON audit_log (actor, id);

CREATE TABLE audit_anchor (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    last_id BIGINT NOT NULL,
    hash BLOB NOT NULL
);
INSERT INTO audit_anchor (id, last_id, hash) VALUES (1, 0, zeroblob(32));
