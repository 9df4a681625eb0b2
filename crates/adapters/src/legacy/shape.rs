//! Recognises which generation of the Python version a database is, by its tables.

use std::path::{Path, PathBuf};

use diesel::sqlite::SqliteConnection;

pub use super::inspection::Shape;
use super::{
    cell::Cell,
    inspection::{Inspection, Table, find},
    refusal::Refusal,
    sql::rows,
};

/// The revisions of the Python version's migrations, oldest first.
const KNOWN_REVISIONS: [&str; 10] = [
    "58ce9da45577",
    ACCOUNTS_REVISION,
    "842752b6b27d",
    "3b3ffb2bb293",
    "a1b2c3d4e5f6",
    "b2c3d4e5f6g7",
    "7af520d0f608",
    "c3d4e5f6a7b8",
    "d4e5f6a7b8c9",
    "8a0e5cff6950",
];
const ACCOUNTS_REVISION: &str = "4fd3f14bce7e";

/// What every users table of the Python version has.
const USERS: [&str; 11] = [
    "phone",
    "route_id",
    "start_date",
    "end_date",
    "trail_name",
    "direction",
    "current_position",
    "last_checkin_at",
    "status",
    "created_at",
    "updated_at",
];
const CONTACTS: [&str; 5] = ["id", "user_phone", "contact_phone", "contact_name", "created_at"];
const MESSAGES: [&str; 7] = [
    "id",
    "user_phone",
    "direction",
    "message_type",
    "content",
    "segments",
    "sent_at",
];
const ACCOUNTS: [&str; 6] = [
    "id",
    "email",
    "password_hash",
    "phone",
    "created_at",
    "updated_at",
];

/// Says which generation the tables are of, or what they lack.
pub(super) fn recognise(
    conn: &mut SqliteConnection,
    path: PathBuf,
    tables: Vec<Table>,
) -> Result<Inspection, Refusal> {
    let foreign = |lacks: String| Refusal::Foreign {
        path: path.clone(),
        lacks,
    };
    for (name, needed) in [
        ("users", &USERS[..]),
        ("safecheck_contacts", &CONTACTS[..]),
        ("message_log", &MESSAGES[..]),
    ] {
        let table = find(&tables, name).ok_or_else(|| foreign(format!("it has no table {name}")))?;
        if let Some(column) = table.lacks(needed) {
            return Err(foreign(format!("its table {name} has no column {column}")));
        }
    }
    if let Some(column) = find(&tables, "accounts").and_then(|table| table.lacks(&ACCOUNTS)) {
        return Err(foreign(format!("its table accounts has no column {column}")));
    }
    let alembic = match find(&tables, "alembic_version") {
        None => Alembic::Absent,
        Some(_) => alembic(conn, &path)?,
    };
    Ok(Inspection {
        shape: shape(&tables, &alembic),
        revision: match alembic {
            Alembic::At(revision) => Some(revision),
            Alembic::Absent | Alembic::Empty => None,
        },
        path,
        tables,
    })
}

enum Alembic {
    Absent,
    Empty,
    At(String),
}

fn alembic(conn: &mut SqliteConnection, path: &Path) -> Result<Alembic, Refusal> {
    let recorded =
        rows(conn, "SELECT version_num FROM alembic_version LIMIT 10").map_err(|error| Refusal::Foreign {
            path: path.to_owned(),
            lacks: format!("its alembic_version cannot be read ({error})"),
        })?;
    let shown: Vec<String> = recorded
        .iter()
        .filter_map(|row| row.first())
        .map(Cell::shown)
        .collect();
    match shown.as_slice() {
        [] => Ok(Alembic::Empty),
        [revision] if KNOWN_REVISIONS.contains(&revision.as_str()) => Ok(Alembic::At(revision.clone())),
        _ => Err(Refusal::Revision {
            path: path.to_owned(),
            revision: shown.join(" and "),
        }),
    }
}

fn shape(tables: &[Table], alembic: &Alembic) -> Shape {
    let declared = |table: &str, column: &str| find(tables, table)?.column(column).cloned();
    let later = matches!(alembic, Alembic::At(revision)
        if KNOWN_REVISIONS.iter().skip(2).any(|known| known == revision));
    if later || declared("users", "unit_system").is_some() {
        return Shape::G4;
    }
    if find(tables, "accounts").is_some() {
        let migrated = declared("users", "phone")
            .is_some_and(|phone| phone.declared.to_ascii_uppercase().starts_with("VARCHAR"));
        return if migrated { Shape::G3 } else { Shape::G3s };
    }
    if matches!(alembic, Alembic::Empty) {
        return Shape::G2e;
    }
    let place = |column: &str| {
        find(tables, "message_log")?
            .columns
            .iter()
            .position(|found| found.name.eq_ignore_ascii_case(column))
    };
    match (place("command_type"), place("sent_at")) {
        (None, _) => Shape::G0,
        (Some(command), Some(sent)) if command > sent => Shape::G0Plus,
        _ if declared("users", "start_date").is_some_and(|date| date.not_null) => Shape::G1,
        _ => Shape::G2,
    }
}
