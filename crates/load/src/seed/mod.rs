//! Databases of a chosen size, written with SQL into a file whose schema the service's own migrations have made.
//!
//! Indexes and triggers are dropped before and made again after: what triggers keep is filled in by the same SQL.

mod audit;
mod people;

use std::path::Path;

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::Text,
};

pub use self::people::sessions;

const PEOPLE: &str = include_str!("people.sql");
const TEXTS: &str = include_str!("texts.sql");
const PROMISES: &str = include_str!("promises.sql");
const WALKERS: &str = include_str!("walkers.sql");

/// The service's usual reply, about as long as HELP's.
const REPLY: &str = "START: register or change route. CHECKIN <code>: check in at a camp, your contacts are told. \
     ROUTE: camps and codes. STATUS: where you are. SAFE <phone> <name>: add a contact. STOP: no more texts";

/// Accounts and hikers of a database that is called empty: enough to sign in with.
pub const FEW: u64 = 1_000;

/// How much is to be in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Accounts, and as many hikers.
    pub people: u64,
    /// Texts, in and out.
    pub messages: u64,
}

impl Size {
    /// A database that has only just been made.
    pub const EMPTY: Self = Self {
        people: FEW,
        messages: 0,
    };

    /// So many texts, and a tenth as many people.
    pub fn of(messages: u64) -> Self {
        Self {
            people: (messages / 10).clamp(FEW, 1_000_000),
            messages,
        }
    }
}

#[derive(QueryableByName)]
struct Schema {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

/// Opens a file for writing it fast: whoever fails begins anew.
fn open(path: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    connection
        .batch_execute(
            "PRAGMA busy_timeout=5000; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000; \
             PRAGMA threads=2;",
        )
        .unwrap();
    connection
}

fn schema(connection: &mut SqliteConnection) -> Vec<Schema> {
    sql_query("SELECT type AS kind, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
        .load(connection)
        .unwrap()
}

/// What two files have in common exactly when the same migrations made them.
pub fn fingerprint(path: &Path) -> String {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    let sql: Vec<String> = schema(&mut connection)
        .into_iter()
        .map(|entry| entry.sql)
        .collect();
    sql.join(";\n")
}

/// Fills a file that holds one account, the pattern of all others. `now` is in microseconds since 1970.
pub fn fill(path: &Path, size: Size, our_number: &str, now: i64) {
    let mut connection = open(path);
    let later: Vec<Schema> = schema(&mut connection)
        .into_iter()
        .filter(|entry| entry.kind == "index" || entry.kind == "trigger")
        .collect();
    for entry in &later {
        connection
            .batch_execute(&format!("DROP {} \"{}\"", entry.kind, entry.name))
            .unwrap();
    }
    let fields = [
        (":users", size.people.to_string()),
        (":pairs", (size.messages / 2).to_string()),
        (":our_number", our_number.to_owned()),
        (":reply", REPLY.to_owned()),
        (":now", now.to_string()),
    ];
    run(&mut connection, PEOPLE, &fields);
    audit::registered(&mut connection, size.people, now);
    if size.messages > 0 {
        run(&mut connection, TEXTS, &fields);
    }
    for entry in &later {
        connection.batch_execute(&entry.sql).unwrap();
    }
}

/// Puts a group of hikers into a file, or readies the one that is there.
pub fn walkers(path: &Path, now: i64) {
    let mut connection = open(path);
    run(&mut connection, WALKERS, &[(":now", now.to_string())]);
}

/// Hikers whose promised times come soon, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Promises {
    /// How many hikers are asked, or have a contact who is alerted.
    pub hikers: u32,
    /// One of so many has a contact who is alerted.
    pub one_in: u32,
    /// When the first is due, in microseconds since 1970.
    pub first: i64,
    /// Microseconds from one to the next.
    pub apart: i64,
}

/// Puts promises into a file that the service has open.
pub fn promises(path: &Path, promises: Promises, now: i64) {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    connection.batch_execute("PRAGMA busy_timeout=5000").unwrap();
    let fields = [
        (":hikers", promises.hikers.to_string()),
        (":one_in", promises.one_in.to_string()),
        (":first", promises.first.to_string()),
        (":apart", promises.apart.to_string()),
        (":now", now.to_string()),
    ];
    run(&mut connection, PROMISES, &fields);
}

fn run(connection: &mut SqliteConnection, sql: &str, fields: &[(&str, String)]) {
    let sql = fields
        .iter()
        .fold(sql.to_owned(), |sql, (name, value)| sql.replace(name, value));
    connection
        .batch_execute(&format!("BEGIN IMMEDIATE;\n{sql}\nCOMMIT;"))
        .unwrap();
}

#[cfg(test)]
mod tests;
