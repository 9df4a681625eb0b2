//! Databases of the Python version, written out as SQL: every shape it left behind, with gentle and with hostile rows.
//!
//! Everybody in them is invented; the numbers are those set aside for fiction.

use std::fmt::Write as _;

/// A generation of the Python version's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Seven columns in the message log, dates NOT NULL.
    G0,
    /// G0 with three columns appended and both indexes.
    G0Plus,
    /// G0 with three columns appended and no index.
    G0PlusBare,
    /// Ten columns, dates NOT NULL.
    G1,
    /// Ten columns, dates nullable.
    G2,
    /// G2 after a failed upgrade.
    G2e,
    /// Made by the migrations.
    G3,
    /// G1 stamped, then upgraded.
    G3s,
    /// The newest revision, with later tables.
    G4,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 9] = [
        Self::G0,
        Self::G0Plus,
        Self::G0PlusBare,
        Self::G1,
        Self::G2,
        Self::G2e,
        Self::G3,
        Self::G3s,
        Self::G4,
    ];

    /// What the shape is called in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::G0 => "G0",
            Self::G0Plus | Self::G0PlusBare => "G0+",
            Self::G1 => "G1",
            Self::G2 => "G2",
            Self::G2e => "G2e",
            Self::G3 => "G3",
            Self::G3s => "G3s",
            Self::G4 => "G4",
        }
    }

    /// Whether web accounts exist.
    pub fn has_accounts(self) -> bool {
        matches!(self, Self::G3 | Self::G3s | Self::G4)
    }

    /// Whether texts have a cost and a success.
    pub fn has_costs(self) -> bool {
        self != Self::G0
    }

    /// The statements that make the empty file.
    pub fn schema(self) -> String {
        let dates_not_null = matches!(
            self,
            Self::G0 | Self::G0Plus | Self::G0PlusBare | Self::G1 | Self::G3s
        );
        let migrated = matches!(self, Self::G3 | Self::G4);
        let mut sql = users(migrated, dates_not_null, self == Self::G4);
        sql += &contacts(migrated);
        sql += match self {
            Self::G0 | Self::G0Plus | Self::G0PlusBare => SEVEN_COLUMNS,
            Self::G1 | Self::G2 | Self::G2e | Self::G3s => TEN_COLUMNS,
            Self::G3 | Self::G4 => TEN_COLUMNS_MIGRATED,
        };
        if matches!(self, Self::G0Plus | Self::G0PlusBare) {
            sql += "ALTER TABLE message_log ADD COLUMN command_type TEXT;
                    ALTER TABLE message_log ADD COLUMN cost_aud REAL DEFAULT 0;
                    ALTER TABLE message_log ADD COLUMN success INTEGER DEFAULT 1;";
        }
        if !matches!(self, Self::G0 | Self::G0PlusBare) {
            sql += "CREATE INDEX idx_message_log_sent_at ON message_log (sent_at);
                    CREATE INDEX idx_message_log_user ON message_log (user_phone);";
        }
        if self.has_accounts() {
            sql += ACCOUNTS;
        }
        if self == Self::G4 {
            sql += LATER_TABLES;
        }
        if matches!(self, Self::G2e) || self.has_accounts() {
            sql += "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);";
        }
        match self {
            Self::G3 | Self::G3s => sql += "INSERT INTO alembic_version VALUES ('4fd3f14bce7e');",
            Self::G4 => sql += "INSERT INTO alembic_version VALUES ('8a0e5cff6950');",
            _ => {}
        }
        sql
    }

    /// Two hikers with contacts and texts, and two accounts where there can be any: nothing unusual.
    pub fn gentle_rows(self) -> String {
        let mut sql = GENTLE.to_owned();
        if self.has_accounts() {
            sql += &accounts(&[
                (
                    1,
                    "'ada@example.org'",
                    PHC_WOMBAT,
                    "'+61491570006'",
                    "'2026-01-09T01:35:25.193327'",
                ),
                (
                    2,
                    "'grace@example.org'",
                    PHC_PLATYPUS,
                    "NULL",
                    "'2026-01-10T01:35:25'",
                ),
            ]);
        }
        sql
    }

    /// Everything that may be wrong with a row, beside rows that are right. [`hostile_counts`] says what becomes of it.
    ///
    /// [`hostile_counts`]: Self::hostile_counts
    pub fn hostile_rows(self) -> String {
        let mut sql = HOSTILE_USERS.to_owned();
        sql += HOSTILE_CONTACTS;
        sql += HOSTILE_TEXTS;
        if self.has_costs() {
            sql += "UPDATE message_log SET cost_aud = 0.0515, success = 1 WHERE id = 2;
                    UPDATE message_log SET cost_aud = 'dear', success = 0 WHERE id = 6;
                    UPDATE message_log SET cost_aud = NULL, success = NULL WHERE id = 7;";
        }
        if self.has_accounts() {
            sql += &accounts(&HOSTILE_ACCOUNTS);
        }
        sql + UNKNOWN_OBJECTS
    }

    /// Per table of ours: rows in the source, rows carried over, rows listed.
    pub fn hostile_counts(self) -> Vec<(&'static str, [u64; 3])> {
        let mut counts = vec![
            ("users", [12, 7, 5]),
            ("safecheck_contacts", [7, 3, 4]),
            ("message_log", [11, 8, 3]),
        ];
        if self.has_accounts() {
            counts.push(("accounts", [9, 6, 3]));
        }
        counts
    }
}

/// What argon2-cffi 25.1 made of the password `wombat crossing at dusk`.
pub const PHC_WOMBAT: &str =
    "$argon2id$v=19$m=65536,t=3,p=4$zdPpYosrpQloUNcDI63YHw$8VUFj3lB3zme/8X1p3Dw7rTGXE2uOUakZJ+K4DMfZ4Q";
/// The password of [`PHC_WOMBAT`].
pub const PASSWORD_WOMBAT: &str = "wombat crossing at dusk";
/// What argon2-cffi 25.1 made of the password `platypus at first light`.
pub const PHC_PLATYPUS: &str =
    "$argon2id$v=19$m=65536,t=3,p=4$/NNaiOmj2RgO1j5m1E5utg$fGJT+NxBUOEwsfDFTBzyfPimkWf53QPBaXE3D54ZGwc";
/// The password of [`PHC_PLATYPUS`].
pub const PASSWORD_PLATYPUS: &str = "platypus at first light";
/// What argon2-cffi 25.1 made of `cafe` with a combining accent and ` by the tarn`: bytes that are not in NFC.
pub const PHC_DECOMPOSED: &str =
    "$argon2id$v=19$m=65536,t=3,p=4$7Iiq63KEkhkX0qT8WZX3dA$0R8lbeKygFJx6RvB+B5+Acl9kqla5gcqaeg3VjjgqN4";
/// The password of [`PHC_DECOMPOSED`] as it was typed.
pub const PASSWORD_DECOMPOSED: &str = "cafe\u{301} by the tarn";

const PHC_ABSURD: &str =
    "$argon2id$v=19$m=4194304,t=3,p=4$zdPpYosrpQloUNcDI63YHw$8VUFj3lB3zme/8X1p3Dw7rTGXE2uOUakZJ+K4DMfZ4Q";
const BCRYPT: &str = "$2b$12$abcdefghijklmnopqrstuuRXUZ5yqKs0TkYwzTJnIQ8hJwDpjqTeW";

fn users(migrated: bool, dates_not_null: bool, unit_system: bool) -> String {
    let text = |length: u32| {
        if migrated {
            format!("VARCHAR({length})")
        } else {
            "TEXT".to_owned()
        }
    };
    let not_null = if dates_not_null { " NOT NULL" } else { "" };
    let mut sql = String::from("CREATE TABLE users (");
    let _ = write!(
        sql,
        "phone {} PRIMARY KEY, route_id {} NOT NULL, start_date {day}{not_null}, end_date {day}{not_null},
         trail_name {}, direction {} DEFAULT 'standard', current_position {}, last_checkin_at {time},
         status {} DEFAULT 'registered', created_at {time} DEFAULT CURRENT_TIMESTAMP,
         updated_at {time} DEFAULT CURRENT_TIMESTAMP",
        text(20),
        text(50),
        text(100),
        text(20),
        text(50),
        text(20),
        day = text(10),
        time = text(30),
    );
    if unit_system {
        sql += ", unit_system VARCHAR(10) NOT NULL DEFAULT 'metric'";
    }
    sql + ");"
}

fn contacts(migrated: bool) -> String {
    let (phone, name) = if migrated {
        ("VARCHAR(20)", "VARCHAR(100)")
    } else {
        ("TEXT", "TEXT")
    };
    let increment = if migrated { "" } else { " AUTOINCREMENT" };
    format!(
        "CREATE TABLE safecheck_contacts (id INTEGER PRIMARY KEY{increment}, user_phone {phone} NOT NULL,
         contact_phone {phone} NOT NULL, contact_name {name} NOT NULL, created_at {name} DEFAULT CURRENT_TIMESTAMP,
         FOREIGN KEY (user_phone) REFERENCES users (phone) ON DELETE CASCADE, UNIQUE (user_phone, contact_phone));"
    )
}

const SEVEN_COLUMNS: &str = "CREATE TABLE message_log (id INTEGER PRIMARY KEY AUTOINCREMENT, user_phone TEXT,
    direction TEXT NOT NULL, message_type TEXT, content TEXT, segments INTEGER,
    sent_at TEXT DEFAULT CURRENT_TIMESTAMP);";

const TEN_COLUMNS: &str = "CREATE TABLE message_log (id INTEGER PRIMARY KEY AUTOINCREMENT, user_phone TEXT,
    direction TEXT NOT NULL, message_type TEXT, command_type TEXT, content TEXT, segments INTEGER DEFAULT 1,
    cost_aud REAL DEFAULT 0, sent_at TEXT DEFAULT CURRENT_TIMESTAMP, success INTEGER DEFAULT 1);";

const TEN_COLUMNS_MIGRATED: &str = "CREATE TABLE message_log (id INTEGER NOT NULL PRIMARY KEY,
    user_phone VARCHAR(20), direction VARCHAR(10) NOT NULL, message_type VARCHAR(30), command_type VARCHAR(30),
    content TEXT, segments INTEGER DEFAULT '1', cost_aud FLOAT DEFAULT '0',
    sent_at VARCHAR(30) DEFAULT CURRENT_TIMESTAMP, success INTEGER DEFAULT '1');";

const ACCOUNTS: &str =
    "CREATE TABLE accounts (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE,
    password_hash VARCHAR(255) NOT NULL, phone VARCHAR(20), created_at VARCHAR(30) NOT NULL,
    updated_at VARCHAR(30) NOT NULL);
    CREATE UNIQUE INDEX ix_accounts_email ON accounts (email);";

const LATER_TABLES: &str = "ALTER TABLE accounts ADD COLUMN unit_system VARCHAR(10) NOT NULL DEFAULT 'metric';
    ALTER TABLE accounts ADD COLUMN stripe_customer_id VARCHAR(255);
    ALTER TABLE accounts ADD COLUMN active_trail_id INTEGER;
    CREATE INDEX ix_accounts_active_trail_id ON accounts (active_trail_id);
    CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, account_id INTEGER NOT NULL, amount_cents INTEGER NOT NULL);
    INSERT INTO orders VALUES (1, 1, 1000), (2, 3, 2500);
    CREATE TABLE custom_waypoints (id INTEGER NOT NULL PRIMARY KEY, sms_code VARCHAR(5) NOT NULL UNIQUE, lat FLOAT);
    INSERT INTO custom_waypoints VALUES (7, 'TARN1', -42.05), (9, 'TARN2', NULL);
    CREATE TABLE analytics_events (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, payload BLOB);
    INSERT INTO analytics_events VALUES (1, 'open', x'00ff'), (2, NULL, '{}');";

const GENTLE: &str = "INSERT INTO users (phone, route_id, start_date, end_date, trail_name, current_position,
        last_checkin_at, created_at, updated_at) VALUES
    ('+61491570006', 'overland_track', '2026-01-10', '2026-01-16', 'Wombat', 'WINDM',
        '2026-01-19T19:41:30.123456', '2026-01-10 08:00:00', '2026-01-19T19:41:30.123456'),
    ('+61491570156', 'overland_track', '2026-01-11', '2026-01-17', 'Platypus', NULL, NULL,
        '2026-01-11 08:00:00', '2026-01-11T19:00:00');
    INSERT INTO safecheck_contacts (id, user_phone, contact_phone, contact_name, created_at) VALUES
    (1, '+61491570006', '+61491571266', 'Mum', '2026-01-10 08:05:00'),
    (2, '+61491570006', '+61491571491', 'Dad', '2026-01-10 08:06:00'),
    (3, '+61491570156', '+61491571804', 'Sam', '2026-01-11 08:06:00');
    INSERT INTO message_log (id, user_phone, direction, message_type, content, segments, sent_at) VALUES
    (1, '+61491570006', 'inbound', 'sms', 'START', 1, '2026-01-10 07:59:00'),
    (2, '+61491570006', 'outbound', 'response', 'Welcome. What is your trail name?', 1, '2026-01-10 07:59:01'),
    (3, '+61491570156', 'inbound', 'sms', 'START', 1, '2026-01-11 07:59:00');";

const HOSTILE_USERS: &str = "INSERT INTO users (phone, route_id, start_date, end_date, trail_name, current_position,
        last_checkin_at, created_at, updated_at) VALUES
    ('+61491570006', 'overland_track', '2026-01-10', '2026-01-16', 'Wombat', 'WINDM',
        '2026-01-19T19:41:30.123456', '2026-01-10 08:00:00', '2026-01-19T19:41:30.123456'),
    ('0491 570 006', 'frenchmans_cap', '', '', 'Old Wombat', NULL, NULL, '2025-11-10 08:00:00', '2025-11-10T19:00:00'),
    ('61491570006', 'overland_track', '', '', NULL, NULL, NULL, '2025-10-10 08:00:00', NULL),
    ('+61491570156', 'atlantis_loop', '', '', NULL, NULL, NULL, '2026-01-11 08:00:00', '2026-01-11 08:00:00'),
    ('+61491570157', 'overland_track', '', '', 'Echidna', 'PELIO', '2026-04-05T02:30:00', '2026-04-01 08:00:00',
        '2026-04-05T02:30:00'),
    ('+61491570158', 'overland_track', '', '', 'Quoll', 'PELIO', 'last tuesday', 'long ago', '2026-01-11T19:00:00'),
    ('not a phone', 'overland_track', '', '', 'Nobody', NULL, NULL, '2026-01-11 08:00:00', NULL),
    (NULL, 'overland_track', '', '', 'Null', NULL, NULL, '2026-01-11 08:00:00', NULL),
    (x'2b3631343931353730313539', 'overland_track', '', '', 'Blob', NULL, NULL, '2026-01-11 08:00:00', NULL),
    ('+15551234567', 'overland_track', '', '', 'Foreigner', NULL, NULL, '2026-01-11 08:00:00', NULL),
    ('+61491570159', 'overland_track', '', '', x'00ff00', NULL, NULL, '2026-01-11 08:00:00', NULL),
    ('+61491570110', 'overland_track', '', '', '<b>Robert</b> https://example.org/' || char(10) || 'Tables, who is far '
        || 'too fond of the sound of his own trail name', x'00', NULL, NULL, NULL);";

const HOSTILE_CONTACTS: &str =
    "INSERT INTO safecheck_contacts (id, user_phone, contact_phone, contact_name, created_at)
    VALUES
    (1, '+61491570006', '+61491571266', 'Mum', '2026-01-10 08:05:00'),
    (2, '0491 570 006', '0491 571 266', 'Mother', '2026-01-12 08:05:00'),
    (3, '0491 570 006', '+61491571491', 'Dad', '2026-01-10 08:06:00'),
    (4, '+61491579212', '+61491571491', 'Orphan', '2026-01-10 08:06:00'),
    (5, '+61491570156', 'Mum', 'Mum', '2026-01-10 08:06:00'),
    (6, '+61491570156', '+61491571804', x'ff00', 'soon'),
    (90, 'not a phone', '+61491571804', 'Sam', '2026-01-10 08:06:00');";

const HOSTILE_TEXTS: &str = "INSERT INTO message_log (id, user_phone, direction, message_type, content, segments, sent_at)
    VALUES
    (1, '+61491570006', 'inbound', 'sms', 'START', 1, '2026-01-10 07:59:00'),
    (2, '+61491570006', 'outbound', 'response', 'Welcome. What is your trail name?', 1, '2026-01-10 07:59:01'),
    (3, NULL, 'inbound', 'sms', 'HELP', 1, '2026-01-10 08:00:00'),
    (4, '+61491570006', 'inbound', 'sms', 'HELP', 1, 'noonish'),
    (5, '+61491570006', 'sideways', 'sms', 'HELP', 1, '2026-01-10 08:00:00'),
    (6, '+61491570006', 'outbound', 'response', x'00ff', 'many', '2026-01-10 08:01:00'),
    (7, '0491 570 006', 'inbound', NULL, NULL, NULL, '2026-01-10 08:02:00'),
    (8, '+61491570006', 'inbound', 'sms', 'STATUS', 1, '2026-01-10T19:03:00+11:00'),
    (9, '+61491571804', 'inbound', 'sms', ' stop ', 1, '2026-01-10 08:04:00'),
    (10, '+61491570006', 'inbound', 'sms', 'half' || char(0) || 'way', 1, '2026-01-10 08:05:00'),
    (4000000000, '+61491570006', 'inbound', 'sms', 'ROUTE', 1, '2026-01-10 08:06:00'),
    (4000000001, '+61491570006', 'inbound', 'sms', 'deleted', 1, '2026-01-10 08:07:00');
    DELETE FROM message_log WHERE id > 4000000000;";

const UNKNOWN_OBJECTS: &str =
    "CREATE TABLE \"field \"\"notes\" (\"we ird\" TEXT, \"select\" INTEGER, b BLOB);
    INSERT INTO \"field \"\"notes\" VALUES ('a', 1, x'00'), (NULL, 2, NULL), (x'ff', 'three', 1.5);
    CREATE TABLE schema (id INTEGER PRIMARY KEY, note TEXT);
    INSERT INTO schema VALUES (1, 'a table of this name once collided');
    CREATE TABLE pairs (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
    INSERT INTO pairs VALUES ('x', 'y'), ('x', 'z');
    CREATE INDEX field_notes_select ON \"field \"\"notes\" (\"select\");
    CREATE VIEW hikers AS SELECT phone, trail_name FROM users;
    CREATE TRIGGER touched AFTER UPDATE ON users BEGIN SELECT 1; END;";

type AccountRow = (i64, &'static str, &'static str, &'static str, &'static str);

const HOSTILE_ACCOUNTS: [AccountRow; 9] = [
    (
        1,
        "'ada@example.org'",
        PHC_WOMBAT,
        "'+61491570006'",
        "'2026-01-09T01:35:25.193327'",
    ),
    (
        2,
        "'ADA@Example.org'",
        PHC_PLATYPUS,
        "NULL",
        "'2026-01-10T01:35:25'",
    ),
    (
        3,
        "'grace@example.org'",
        PHC_PLATYPUS,
        "'0491 570 006'",
        "'2026-01-10T01:35:25'",
    ),
    (4, "'bob@example.org'", BCRYPT, "NULL", "'2026-01-10T01:35:25'"),
    (
        5,
        "'absurd@example.org'",
        PHC_ABSURD,
        "'call me'",
        "'2026-01-10T01:35:25'",
    ),
    (6, "'not an address'", PHC_WOMBAT, "NULL", "'2026-01-10T01:35:25'"),
    (
        7,
        "x'61406578616d706c652e6f7267'",
        PHC_WOMBAT,
        "NULL",
        "'2026-01-10T01:35:25'",
    ),
    (8, "'late@example.org'", PHC_WOMBAT, "NULL", "'whenever'"),
    (9, "'nohash@example.org'", "", "NULL", "'2026-01-10T01:35:25'"),
];

fn accounts(rows: &[AccountRow]) -> String {
    let mut sql = String::new();
    for (id, email, hash, phone, created_at) in rows {
        let _ = writeln!(
            sql,
            "INSERT INTO accounts (id, email, password_hash, phone, created_at, updated_at)
             VALUES ({id}, {email}, '{hash}', {phone}, {created_at}, {created_at});"
        );
    }
    sql
}
