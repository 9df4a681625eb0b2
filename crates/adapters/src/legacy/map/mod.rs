//! Carries the rows that have a place in our tables over, one at a time, and writes down the others.

mod accounts;
mod contacts;
mod messages;
mod users;

use std::collections::HashSet;

use diesel::{RunQueryDsl as _, connection::SimpleConnection as _, sqlite::SqliteConnection};
use thunderbird_domain::audit::{Actor, AuditEvent, Subject};

use super::{
    cell::Cell,
    error::AdoptError,
    inspection::{Inspection, Table},
    plan::{LARGEST_ID, Mapped, Planned, Rules},
    sql::{each_row, quoted, single},
    tables::{Line, Outcome, list},
};

/// Hikers have no ids in the legacy file; ours are the numbers of the rows.
pub(super) const HIKERS: &str = "users";

/// The legacy tables that have a place in ours, and that place.
pub(super) const MAPPED: [(&str, &str); 4] = [
    (HIKERS, "users"),
    ("safecheck_contacts", "contacts"),
    ("accounts", "accounts"),
    ("message_log", "messages"),
];

const LISTED: &str = Outcome::Listed.word();
const MERGED: &str = Outcome::Merged.word();

/// Two connections and what decides between them.
pub(super) struct Mapper<'a> {
    /// The legacy file.
    pub(super) source: &'a mut SqliteConnection,
    /// The new file, with our schema and the tables of [`super::tables`].
    pub(super) target: &'a mut SqliteConnection,
    /// What the source holds.
    pub(super) inspection: &'a Inspection,
    /// How rows are read.
    pub(super) rules: &'a Rules,
    /// Called with every row that was decided.
    pub(super) decided: &'a mut dyn FnMut(),
}

impl Mapper<'_> {
    /// Carries everything over.
    pub(super) fn map_all(&mut self) -> Result<(), AdoptError> {
        self.target.batch_execute("BEGIN")?;
        self.map_accounts()?;
        self.map_users()?;
        self.map_contacts()?;
        self.map_messages()?;
        self.list_whole_tables()?;
        self.keep_ids_unused()?;
        self.write_audit()?;
        self.target.batch_execute("COMMIT")?;
        Ok(())
    }

    /// Hands every row of a legacy table to `visit`, with its number in the order of the source.
    fn stream<const N: usize>(
        &mut self,
        (name, columns): (&str, [&str; N]),
        mut visit: impl FnMut(&mut SqliteConnection, i64, &[Cell; N]) -> Result<(), AdoptError>,
    ) -> Result<(), AdoptError> {
        let Some(table) = self.inspection.table(name) else {
            return Ok(());
        };
        let (target, decided) = (&mut *self.target, &mut *self.decided);
        let mut number = 0;
        each_row(self.source, &select(table, &columns), |row| {
            number += 1;
            let row: [Cell; N] = row.try_into().map_err(|_| diesel::result::Error::NotFound)?;
            visit(target, number, &row)?;
            decided();
            Ok(())
        })
    }

    /// Tables of which we know nothing are kept, every row of them, and carried nowhere.
    fn list_whole_tables(&mut self) -> Result<(), AdoptError> {
        for table in &self.inspection.tables {
            let known = MAPPED
                .iter()
                .any(|(name, _)| table.name.eq_ignore_ascii_case(name));
            if !known && table.rows > 0 {
                let reason = format!(
                    "{} rows are kept as they are: this table has no counterpart",
                    table.rows
                );
                let line = Line {
                    table: &table.name,
                    row: 0,
                    key: "*",
                    outcome: Outcome::Listed,
                    reason: &reason,
                };
                list(self.target, line)?;
            }
        }
        Ok(())
    }

    /// Ids of rows that were deleted from the legacy file, or only listed, are not given out again.
    fn keep_ids_unused(&mut self) -> Result<(), AdoptError> {
        for (legacy, ours) in MAPPED {
            let Some(table) = self.inspection.table(legacy) else {
                continue;
            };
            let mut highest = i64::try_from(table.rows).unwrap_or(i64::MAX);
            if legacy != HIKERS && table.column("id").is_some() {
                let largest = format!(
                    "SELECT max(id) FROM {} WHERE typeof(id) = 'integer' AND id <= {LARGEST_ID}",
                    quoted(&table.name)
                );
                highest = highest.max(single(self.source, &largest)?.integer().unwrap_or(0));
            }
            if self.inspection.table("sqlite_sequence").is_some() {
                let ever = format!(
                    "SELECT max(seq) FROM sqlite_sequence WHERE lower(name) = '{legacy}' AND seq <= {LARGEST_ID}"
                );
                highest = highest.max(single(self.source, &ever)?.integer().unwrap_or(0));
            }
            self.target.batch_execute(&format!(
                "INSERT INTO sqlite_sequence (name, seq)
                 SELECT '{ours}', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '{ours}');
                 UPDATE sqlite_sequence SET seq = max(seq, {highest}) WHERE name = '{ours}';"
            ))?;
        }
        Ok(())
    }

    fn write_audit(&mut self) -> Result<(), AdoptError> {
        let mut event = AuditEvent::new(
            self.rules.adopted_at,
            Actor::System,
            "service.adopted",
            Subject::Service,
        )
        .with("shape", self.inspection.shape);
        for (legacy, _) in MAPPED {
            if let Some(table) = self.inspection.table(legacy) {
                event = event.with(legacy, table.rows);
            }
        }
        crate::store::sqlite::audit::append(self.target, &[event], None)?;
        Ok(())
    }
}

/// Ids that a table has used so far: in a hand-made file nothing keeps them apart.
#[derive(Default)]
struct Ids(HashSet<i64>);

impl Ids {
    /// The row, unless another one had its id before.
    fn first<T>(&mut self, mapped: Mapped<T>, id: i64) -> Planned<T> {
        if self.0.insert(id) {
            Ok(mapped)
        } else {
            Err("another row has the same id".to_owned())
        }
    }
}

/// A full scan in the order in which rows lie in the file; columns that an old file lacks are NULL.
pub(super) fn select(table: &Table, columns: &[&str]) -> String {
    let wanted: Vec<String> = columns
        .iter()
        .map(|name| {
            table
                .column(name)
                .map_or_else(|| "NULL".to_owned(), |column| quoted(&column.name))
        })
        .collect();
    format!(
        "SELECT {} FROM main.{} NOT INDEXED",
        wanted.join(", "),
        quoted(&table.name)
    )
}

/// Writes down what the plan says beside the row itself; hands back the row, if it is to be carried over.
fn note<T>(
    target: &mut SqliteConnection,
    (table, row, key): (&str, i64, &Cell),
    planned: Planned<T>,
) -> Result<Option<T>, AdoptError> {
    let key = key.shown();
    let line = |outcome, reason| Line {
        table,
        row,
        key: &key,
        outcome,
        reason,
    };
    match planned {
        Ok(mapped) => {
            for reason in &mapped.notes {
                list(target, line(Outcome::Noted, reason))?;
            }
            Ok(Some(mapped.row))
        }
        Err(reason) => {
            list(target, line(Outcome::Listed, &reason))?;
            Ok(None)
        }
    }
}

fn run(target: &mut SqliteConnection, sql: &str) -> Result<usize, AdoptError> {
    Ok(diesel::sql_query(sql).execute(target)?)
}
