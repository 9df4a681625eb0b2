//! One value as SQLite stores it, whatever its column was declared as.

use std::fmt;

use diesel::{
    row::{Field as _, Row},
    sqlite::{Sqlite, SqliteType},
};
use sha2::{Digest as _, Sha256};

/// A stored value. `Debug` shows the type only: a legacy file is full of personal data.
#[derive(Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text.
    Text(String),
    /// What is stored as text but is not UTF-8.
    Mangled(Vec<u8>),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Cell {
    pub(super) fn of<'a>(row: &impl Row<'a, Sqlite>, place: usize) -> Self {
        let Some(field) = row.get(place) else {
            return Self::Null;
        };
        let Some(mut value) = field.value() else {
            return Self::Null;
        };
        match value.value_type() {
            None => Self::Null,
            Some(SqliteType::Integer | SqliteType::SmallInt | SqliteType::Long) => {
                Self::Integer(value.read_long())
            }
            Some(SqliteType::Float | SqliteType::Double) => Self::Real(value.read_double()),
            Some(SqliteType::Binary) => Self::Blob(value.read_blob().to_vec()),
            Some(SqliteType::Text) => match String::from_utf8(value.read_blob().to_vec()) {
                Ok(text) => Self::Text(text),
                Err(not_text) => Self::Mangled(not_text.into_bytes()),
            },
        }
    }

    /// The text, if it is text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// What kind of value this is, in a report's words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Integer(_) | Self::Real(_) => "a number",
            Self::Text(_) => "text",
            Self::Mangled(_) => "text that is not UTF-8",
            Self::Blob(_) => "a BLOB",
        }
    }

    /// The value as a report names it: a key that an operator can look up again.
    pub fn shown(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => number.to_string(),
            Self::Text(text) => text.chars().take(100).collect(),
            Self::Mangled(bytes) | Self::Blob(bytes) => {
                bytes
                    .iter()
                    .take(32)
                    .fold("x'".to_owned(), |shown, byte| format!("{shown}{byte:02x}"))
                    + "'"
            }
        }
    }

    fn feed(&self, hash: &mut Sha256) {
        let (tag, bytes): (u8, &[u8]) = match self {
            Self::Null => (0, &[]),
            Self::Integer(number) => (1, &number.to_le_bytes()),
            Self::Real(number) => (2, &number.to_bits().to_le_bytes()),
            Self::Text(text) => (3, text.as_bytes()),
            Self::Mangled(bytes) => (3, bytes),
            Self::Blob(bytes) => (4, bytes),
        };
        hash.update([tag]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cell({})", self.kind())
    }
}

/// A count of rows and the sum of their SHA-256 digests: equal for equal multisets of rows in whatever order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableChecksum {
    /// How many rows.
    pub rows: u64,
    lanes: [u64; 4],
}

impl TableChecksum {
    /// Counts one more row.
    pub fn add(&mut self, row: &[Cell]) {
        let mut hash = Sha256::new();
        for cell in row {
            cell.feed(&mut hash);
        }
        let digest = hash.finalize();
        for (lane, bytes) in self.lanes.iter_mut().zip(digest.chunks_exact(8)) {
            let part = bytes
                .iter()
                .fold(0_u64, |part, byte| (part << 8) | u64::from(*byte));
            *lane = lane.wrapping_add(part);
        }
        self.rows += 1;
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let mut lanes = self.lanes;
        for (lane, more) in lanes.iter_mut().zip(other.lanes) {
            *lane = lane.wrapping_add(more);
        }
        Self {
            rows: self.rows + other.rows,
            lanes,
        }
    }
}

/// The sum in hexadecimal, as the report shows it.
impl fmt::Display for TableChecksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lanes.iter().try_for_each(|lane| write!(f, "{lane:016x}"))
    }
}
