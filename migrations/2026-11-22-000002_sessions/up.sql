CREATE TABLE sessions (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    user_agent TEXT,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    -- The absolute end; never moved.
    expires_at BIGINT NOT NULL,
    -- The end if nothing is presented until then; moved by every refresh.
    idle_expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT,
    -- The newest generation that was handed out, and the newest that was seen in use.
    generation BIGINT NOT NULL,
    used_generation BIGINT NOT NULL,
    -- The newest refresh token, sealed under a key derived from its predecessor; NULL once it was used.
    successor BLOB,
    revision BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id, ended_at);
CREATE INDEX sessions_idle ON sessions (idle_expires_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- Every refresh token a session ever had, so that a reused one is recognised.
CREATE TABLE refresh_tokens (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES sessions (id),
    generation BIGINT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    UNIQUE (session_id, generation)
);
