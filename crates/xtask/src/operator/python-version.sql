-- A database of the Python version: two hikers, and two accounts that differ in the case of their address only.
CREATE TABLE users (
    phone VARCHAR(20) NOT NULL PRIMARY KEY, route_id VARCHAR(50) NOT NULL, start_date VARCHAR(10), end_date VARCHAR(10),
    trail_name VARCHAR(100), direction VARCHAR(20) DEFAULT 'standard', current_position VARCHAR(50),
    last_checkin_at VARCHAR(30), status VARCHAR(20) DEFAULT 'registered',
    created_at VARCHAR(30) DEFAULT CURRENT_TIMESTAMP, updated_at VARCHAR(30) DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE safecheck_contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user_phone VARCHAR(20) NOT NULL, contact_phone VARCHAR(20) NOT NULL,
    contact_name VARCHAR(100) NOT NULL, created_at VARCHAR(30) DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (user_phone) REFERENCES users (phone) ON DELETE CASCADE, UNIQUE (user_phone, contact_phone)
);
CREATE TABLE message_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user_phone VARCHAR(20), direction VARCHAR(10) NOT NULL, message_type VARCHAR(30),
    command_type VARCHAR(30), content TEXT, segments INTEGER DEFAULT 1, cost_aud FLOAT DEFAULT 0,
    sent_at VARCHAR(30) DEFAULT CURRENT_TIMESTAMP, success INTEGER DEFAULT 1
);
CREATE INDEX idx_message_log_sent_at ON message_log (sent_at);
CREATE INDEX idx_message_log_user ON message_log (user_phone);
CREATE TABLE accounts (
    id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE, password_hash VARCHAR(255) NOT NULL,
    phone VARCHAR(20), created_at VARCHAR(30) NOT NULL, updated_at VARCHAR(30) NOT NULL
);
CREATE INDEX ix_accounts_email ON accounts (email);
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO alembic_version VALUES ('4fd3f14bce7e');
INSERT INTO users (phone, route_id, trail_name) VALUES
    ('+61491570006', 'overland_track', 'Wombat'), ('not a phone', 'overland_track', 'Nobody');
INSERT INTO safecheck_contacts (user_phone, contact_phone, contact_name) VALUES ('+61491570006', '+61491570110', 'Mum');
INSERT INTO message_log (user_phone, direction, content) VALUES ('+61491570006', 'inbound', 'STATUS');
INSERT INTO accounts VALUES
    (3, 'ada@example.org', '$argon2id$v=19$m=65536,t=3,p=4$zdPpYosrpQloUNcDI63YHw$8VUFj3lB3zme/8X1p3Dw7rTGXE2uOUakZJ+K4DMfZ4Q',
        NULL, '2026-01-10T01:35:25', '2026-01-10T01:35:25'),
    (17, 'Ada@example.org', '$argon2id$v=19$m=65536,t=3,p=4$/NNaiOmj2RgO1j5m1E5utg$fGJT+NxBUOEwsfDFTBzyfPimkWf53QPBaXE3D54ZGwc',
        NULL, '2026-02-10T01:35:25', '2026-02-10T01:35:25');
