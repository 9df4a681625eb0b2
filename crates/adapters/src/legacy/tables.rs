//! The tables that only an adoption writes: the list of what was not carried over, and temporary ones.

use diesel::{connection::SimpleConnection as _, prelude::*, sqlite::SqliteConnection};

diesel::table! {
    legacy_listed (id) {
        id -> BigInt,
        table_name -> Text,
        row_number -> BigInt,
        key -> Text,
        outcome -> Text,
        reason -> Text,
    }
}

diesel::table! {
    staged_users (row_number) {
        row_number -> BigInt,
        key -> Text,
        phone -> Text,
        route_id -> Text,
        trail_name -> Text,
        position_code -> Nullable<Text>,
        position_name -> Nullable<Text>,
        position_at -> Nullable<BigInt>,
        started_at -> BigInt,
        latest -> BigInt,
    }
}

diesel::table! {
    staged_contacts (row_number) {
        row_number -> BigInt,
        id -> BigInt,
        owner -> Text,
        phone -> Text,
        name -> Text,
        created_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    staged_accounts (row_number) {
        row_number -> BigInt,
        id -> BigInt,
        email -> Text,
        password_hash -> Nullable<Text>,
        claimed_phone -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    staged_keywords (message_id) {
        message_id -> BigInt,
        phone -> Text,
        stops -> Bool,
        at -> BigInt,
    }
}

const DDL: &str = "
    CREATE TABLE legacy_listed (id INTEGER PRIMARY KEY, table_name TEXT NOT NULL, row_number INTEGER NOT NULL,
        key TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL);
    CREATE INDEX legacy_listed_row ON legacy_listed (table_name, row_number);
    CREATE TEMP TABLE staged_users (row_number INTEGER PRIMARY KEY, key TEXT, phone TEXT, route_id TEXT,
        trail_name TEXT, position_code TEXT, position_name TEXT, position_at BIGINT, started_at BIGINT, latest BIGINT);
    CREATE INDEX temp.staged_users_phone ON staged_users (phone, latest, row_number);
    CREATE TEMP TABLE staged_contacts (row_number INTEGER PRIMARY KEY, id BIGINT, owner TEXT, phone TEXT, name TEXT,
        created_at BIGINT);
    CREATE INDEX temp.staged_contacts_owner ON staged_contacts (owner, phone, created_at, id);
    CREATE TEMP TABLE staged_accounts (row_number INTEGER PRIMARY KEY, id BIGINT, email TEXT, password_hash TEXT,
        claimed_phone TEXT, created_at BIGINT, updated_at BIGINT);
    CREATE INDEX temp.staged_accounts_email ON staged_accounts (email, id);
    CREATE TEMP TABLE staged_keywords (message_id INTEGER PRIMARY KEY, phone TEXT, stops BOOLEAN, at BIGINT);
    CREATE INDEX temp.staged_keywords_phone ON staged_keywords (phone, message_id);";

/// Makes them.
pub(super) fn create(target: &mut SqliteConnection) -> QueryResult<()> {
    target.batch_execute(DDL)
}

/// What became of a row that was not simply carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Not carried over.
    Listed,
    /// Not carried over, because another row stands for the same thing.
    Merged,
    /// Carried over, except for something.
    Noted,
}

impl Outcome {
    /// The word in the list and in the report.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Merged => "merged",
            Self::Noted => "noted",
        }
    }
}

/// One line of the list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) table: &'a str,
    pub(super) row: i64,
    pub(super) key: &'a str,
    pub(super) outcome: Outcome,
    pub(super) reason: &'a str,
}

/// Writes a line.
pub(super) fn list(target: &mut SqliteConnection, line: Line<'_>) -> QueryResult<()> {
    diesel::insert_into(legacy_listed::table)
        .values((
            legacy_listed::table_name.eq(line.table),
            legacy_listed::row_number.eq(line.row),
            legacy_listed::key.eq(line.key),
            legacy_listed::outcome.eq(line.outcome.word()),
            legacy_listed::reason.eq(line.reason),
        ))
        .execute(target)
        .map(|_| ())
}
