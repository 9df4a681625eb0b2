//! How many rows were really written, seen in the tables and not believed of anybody.

use std::{collections::BTreeMap, path::Path};

use diesel::{
    Connection as _, OptionalExtension as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
    sql_types::{BigInt, Text},
};

/// The state of a database's tables.
#[derive(Debug)]
pub struct Counts {
    newest: BTreeMap<String, i64>,
    counted: i64,
}

/// The difference between two of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rows {
    /// Rows that are new, over all tables.
    pub inserted: f64,
    /// Rows of the hourly figures that a trigger has written again for a message.
    pub updated: f64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Opens a file for reading only, beside the service.
pub fn reader(database: &Path) -> SqliteConnection {
    let mut connection =
        SqliteConnection::establish(&format!("file:{}?mode=ro", database.display())).unwrap();
    sql_query("PRAGMA busy_timeout=5000")
        .execute(&mut connection)
        .unwrap();
    connection
}

/// The number that a statement answers; 0 when it answers nothing.
pub fn number(connection: &mut SqliteConnection, sql: &str) -> i64 {
    let found: Option<Number> = sql_query(sql).get_result(connection).optional().unwrap();
    found.map_or(0, |found| found.number)
}

impl Counts {
    /// As it stands now.
    pub fn of(database: &Path) -> Self {
        let mut connection = reader(database);
        let tables: Vec<Name> =
            sql_query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
                .load(&mut connection)
                .unwrap();
        // Rows get rising numbers in every table, and none is deleted while texts are measured.
        let newest = tables.into_iter().map(|table| {
            let sql = format!("SELECT coalesce(max(rowid), 0) AS number FROM \"{}\"", table.name);
            (table.name, number(&mut connection, &sql))
        });
        let newest = newest.collect();
        let counted = number(
            &mut connection,
            "SELECT coalesce(sum(messages), 0) AS number FROM message_hours \
             WHERE EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'messages_counted')",
        );
        Self { newest, counted }
    }

    /// What was written since.
    pub fn since(&self, before: &Self) -> Rows {
        let new = |(table, newest): (&String, &i64)| newest - before.newest.get(table).unwrap_or(&0);
        let inserted: i64 = self.newest.iter().map(new).sum();
        let new_hours = ["message_hours".to_owned()]
            .iter()
            .filter_map(|table| Some(new((table, self.newest.get(table)?))))
            .sum::<i64>();
        Rows {
            inserted: inserted as f64,
            updated: (self.counted - before.counted - new_hours).max(0) as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;

    use super::*;

    #[test]
    fn new_rows_and_rows_that_a_trigger_wrote_again_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counted.db");
        let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
        connection
            .batch_execute(
                "CREATE TABLE messages (id INTEGER PRIMARY KEY, hour BIGINT NOT NULL);
                 CREATE TABLE sids (sid TEXT NOT NULL PRIMARY KEY);
                 CREATE TABLE message_hours (hour BIGINT NOT NULL PRIMARY KEY, messages BIGINT NOT NULL);
                 CREATE TRIGGER messages_counted AFTER INSERT ON messages BEGIN
                     INSERT INTO message_hours VALUES (NEW.hour, 1)
                     ON CONFLICT DO UPDATE SET messages = messages + 1;
                 END;
                 INSERT INTO messages (hour) VALUES (1);",
            )
            .unwrap();
        let before = Counts::of(&path);
        connection
            .batch_execute(
                "INSERT INTO messages (hour) VALUES (1), (1), (2); INSERT INTO sids VALUES ('a'), ('b');",
            )
            .unwrap();
        let rows = Counts::of(&path).since(&before);
        // Three messages, two sids and one new hour; the old hour twice.
        assert_eq!(
            rows,
            Rows {
                inserted: 6.0,
                updated: 2.0
            }
        );
    }
}
