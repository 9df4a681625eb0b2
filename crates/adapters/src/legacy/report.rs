//! What became of every row: for the terminal, and as `<file>.adopt-report.json` for whoever has to mend the rest.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use diesel::sqlite::SqliteConnection;
use serde_json::{Value, json};
use thunderbird_domain::time::Timestamp;

use super::{
    cell::Cell,
    error::AdoptError,
    inspect::beside,
    inspection::Shape,
    sql::{amount, each_row, rows},
};

/// How many lines the terminal shows; the file has all of them.
const SHOWN: usize = 100;

/// What became of one legacy table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The legacy table.
    pub table: String,
    /// Where all its rows are kept as they were; `None` in a trial.
    pub copied_as: Option<String>,
    /// Rows in the legacy file.
    pub source: u64,
    /// Rows carried over into a table of ours.
    pub mapped: u64,
    /// Rows that were not, each with its reason. `mapped` and `listed` make `source`.
    pub listed: u64,
    /// The order-free SHA-256 sum over the rows, the same for the legacy table and its copy; `None` in a trial.
    pub hash: Option<String>,
}

/// An adoption, done or tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The database.
    pub file: PathBuf,
    /// Where the legacy file was kept; `None` in a trial.
    pub kept_as: Option<PathBuf>,
    /// When.
    pub adopted_at: Timestamp,
    /// Which generation it was.
    pub shape: Shape,
    /// The Alembic revision it said it had.
    pub revision: Option<String>,
    /// The zone in which local times were read.
    pub legacy_timezone: String,
    /// Every table.
    pub tables: Vec<Counts>,
    /// Numbers whose newest carrier word was STOP.
    pub opt_outs: u64,
    /// The first lines about single rows.
    pub lines: Vec<Listed>,
    /// How many lines there are.
    pub line_count: u64,
}

/// What is to be said about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The legacy table.
    pub table: String,
    /// The row's number in the copy.
    pub row: i64,
    /// Its key.
    pub key: String,
    /// `listed`, `merged` or `noted`.
    pub outcome: String,
    /// Why.
    pub reason: String,
}

impl Report {
    /// Reads the lines back from the new database.
    pub(super) fn with_lines(mut self, target: &mut SqliteConnection) -> Result<Self, AdoptError> {
        self.line_count = amount(target, "SELECT count(*) FROM legacy_listed")?;
        self.opt_outs = amount(target, "SELECT count(*) FROM opt_outs")?;
        self.lines = rows(
            target,
            &format!("SELECT {LINE} FROM legacy_listed ORDER BY id LIMIT {SHOWN}"),
        )?
        .iter()
        .filter_map(|row| Listed::read(row))
        .collect();
        Ok(self)
    }

    /// Writes the whole report beside the database, durably, readable by its owner only.
    pub(super) fn write(&self, target: &mut SqliteConnection) -> Result<(), AdoptError> {
        let (path, part) = (self.path(), beside(&self.file, ".adopt-report.json.part"));
        let failed = |path: &Path| AdoptError::io("cannot write", path);
        let file = create_private(&part).map_err(failed(&part))?;
        let mut out = BufWriter::new(file);
        self.write_json(&mut out, target)?;
        let file = out
            .into_inner()
            .map_err(|error| failed(&part)(error.into_error()))?;
        file.sync_all().map_err(failed(&part))?;
        std::fs::rename(&part, &path).map_err(failed(&path))
    }

    /// `<file>.adopt-report.json`.
    pub fn path(&self) -> PathBuf {
        beside(&self.file, ".adopt-report.json")
    }

    fn write_json(&self, out: &mut impl Write, target: &mut SqliteConnection) -> Result<(), AdoptError> {
        let path = self.path();
        let io = |error: io::Error| AdoptError::io("cannot write", &path)(error);
        let mut head = self.head().to_string();
        head.pop();
        write!(out, "{head}").map_err(io)?;
        for (name, condition) in [("listed", "outcome <> 'noted'"), ("notes", "outcome = 'noted'")] {
            write!(out, ",\n\"{name}\":[").map_err(io)?;
            let mut separator = "\n";
            let query = format!("SELECT {LINE} FROM legacy_listed WHERE {condition} ORDER BY id");
            each_row(target, &query, |row| {
                let Some(line) = Listed::read(&row) else {
                    return Ok(());
                };
                write!(out, "{separator}{}", line.json()).map_err(io)?;
                separator = ",\n";
                Ok::<_, AdoptError>(())
            })?;
            write!(out, "]").map_err(io)?;
        }
        writeln!(out, "}}").map_err(io)
    }

    fn head(&self) -> Value {
        let tables: serde_json::Map<String, Value> = self
            .tables
            .iter()
            .map(|counts| {
                let told = json!({
                    "source": counts.source,
                    "mapped": counts.mapped,
                    "listed": counts.listed,
                    "kept_as": counts.copied_as,
                    "hash": counts.hash,
                });
                (counts.table.clone(), told)
            })
            .collect();
        json!({
            "file": self.file.to_string_lossy(),
            "legacy_file": self.kept_as.as_ref().map(|path| path.to_string_lossy()),
            "adopted_at": self.adopted_at.to_string(),
            "shape": self.shape.to_string(),
            "alembic_revision": self.revision,
            "legacy_timezone": self.legacy_timezone,
            "opt_outs": self.opt_outs,
            "tables": tables,
        })
    }
}

const LINE: &str = "table_name, row_number, key, outcome, reason";

impl Listed {
    fn read(row: &[Cell]) -> Option<Self> {
        match row {
            [
                Cell::Text(table),
                Cell::Integer(number),
                key,
                Cell::Text(outcome),
                Cell::Text(reason),
            ] => Some(Self {
                table: table.clone(),
                row: *number,
                key: key.shown(),
                outcome: outcome.clone(),
                reason: reason.clone(),
            }),
            _ => None,
        }
    }

    fn json(&self) -> Value {
        json!({
            "table": self.table,
            "row": self.row,
            "key": self.key,
            "outcome": self.outcome,
            "reason": self.reason,
        })
    }
}

fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(path)
}

/// The text with everything escaped that could steer a terminal; quotation marks cannot.
fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\'' | '"' => shown.push(letter),
            letter => shown.extend(letter.escape_debug()),
        }
    }
    shown
}

/// The report as a terminal shows it. What comes from the legacy file is escaped: a hiker's name could steer a terminal.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: shape {}", self.file.display(), self.shape)?;
        writeln!(f, "{:<24}{:>12}{:>12}{:>12}", "table", "rows", "mapped", "listed")?;
        for counts in &self.tables {
            let table = harmless(&counts.table);
            let (source, mapped, listed) = (counts.source, counts.mapped, counts.listed);
            writeln!(f, "{table:<24}{source:>12}{mapped:>12}{listed:>12}")?;
        }
        for line in &self.lines {
            let [table, key, reason] = [&line.table, &line.key, &line.reason].map(|text| harmless(text));
            writeln!(f, "  {}: {table} {key}: {reason}", line.outcome)?;
        }
        let more = self
            .line_count
            .saturating_sub(u64::try_from(self.lines.len()).unwrap_or(u64::MAX));
        if more > 0 {
            writeln!(f, "  and {more} more")?;
        }
        if self.opt_outs > 0 {
            writeln!(
                f,
                "{} numbers had texted STOP last and are opted out here too",
                self.opt_outs
            )?;
        }
        Ok(())
    }
}
