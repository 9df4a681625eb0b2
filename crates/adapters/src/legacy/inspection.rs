//! The result of an inspection: the tables of a legacy file, and the generation of the Python version that wrote it.

use std::path::PathBuf;

/// Which generation of the Python version wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The first: seven columns in the message log.
    G0,
    /// The first, opened by later code that appended three columns.
    G0Plus,
    /// Ten columns, dates that may not be NULL.
    G1,
    /// Ten columns, dates that may be NULL.
    G2,
    /// Any of the above with the empty `alembic_version` that a failed upgrade leaves.
    G2e,
    /// Made by the migrations, with accounts.
    G3,
    /// An older file that was stamped and then upgraded, with accounts.
    G3s,
    /// The newest: unit systems, and many later tables.
    G4,
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::G0 => "G0",
            Self::G0Plus => "G0+",
            Self::G1 => "G1",
            Self::G2 => "G2",
            Self::G2e => "G2e",
            Self::G3 => "G3",
            Self::G3s => "G3s",
            Self::G4 => "G4",
        })
    }
}

/// A column of a legacy table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name as declared.
    pub name: String,
    /// Its type as declared; SQLite stores anything in it anyway.
    pub declared: String,
    /// Whether NULL is forbidden.
    pub not_null: bool,
}

/// A legacy table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name as declared.
    pub name: String,
    /// Its columns in order, generated ones included.
    pub columns: Vec<Column>,
    /// How many rows it has.
    pub rows: u64,
}

impl Table {
    /// The column of this name; SQLite compares names without ASCII case.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn lacks<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| self.column(name).is_none())
    }
}

/// A database of the Python version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The file, links resolved.
    pub path: PathBuf,
    /// Which generation it is.
    pub shape: Shape,
    /// The Alembic revision it says it has.
    pub revision: Option<String>,
    /// Every table that holds rows, `sqlite_sequence` included; virtual tables hold none.
    pub tables: Vec<Table>,
}

impl Inspection {
    /// How many rows there are, in all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        find(&self.tables, name)
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A database of the Python version.
    Legacy(Box<Inspection>),
    /// A database of this version: nothing to do.
    Managed,
}

pub(super) fn find<'a>(tables: &'a [Table], name: &str) -> Option<&'a Table> {
    tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
}
