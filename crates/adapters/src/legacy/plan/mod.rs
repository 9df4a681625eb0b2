//! Decides what becomes of each legacy row. Pure: no file, no clock, no database.
//!
//! A row is either *mapped*, perhaps with notes about what could not be carried along, or *listed* with the reason
//! why it was not. Either way the row itself is kept word for word in its `legacy_` table.

pub mod account;
pub mod contact;
pub mod message;
pub mod time;
pub mod user;

use std::sync::Arc;

use jiff::tz::TimeZone;
use thunderbird_domain::{
    phone_number::{PhoneNumber, Region},
    route::RouteCatalogue,
    time::Timestamp,
    user::ContactName,
};

use self::time::Writer;
use super::cell::Cell;

/// What the operator says about the old service, and when the adoption happens.
#[derive(Clone)]
pub struct Rules {
    /// The region in which numbers without a prefix are read.
    pub region: Region,
    /// The routes whose camps have names.
    pub routes: Arc<dyn RouteCatalogue>,
    /// The zone of the old server's clock.
    pub zone: TimeZone,
    /// The present: stands in where a creation time cannot be read.
    pub adopted_at: Timestamp,
}

/// What becomes of a row: its mapped form with notes, or the reason why it is only listed.
pub type Planned<T> = Result<Mapped<T>, String>;

/// A mapped row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped<T> {
    /// The row as ours.
    pub row: T,
    /// What of it could not be carried along, in words for the report.
    pub notes: Vec<String>,
}

impl Rules {
    /// A number as any of the Python version's paths wrote it.
    fn phone(&self, cell: &Cell, column: &str) -> Result<PhoneNumber, String> {
        let text = required(cell, column)?;
        PhoneNumber::parse(text, self.region).map_err(|_| format!("{column} is not a phone number"))
    }

    /// The number of somebody who texts. The carrier delivered it, so E.164 is believed even where the numbering
    /// plan we know has no such number.
    fn sender(&self, cell: &Cell, column: &str) -> Result<PhoneNumber, String> {
        self.phone(cell, column).or_else(|reason| {
            let text = required(cell, column)?;
            PhoneNumber::from_e164(text).map_err(|_| reason)
        })
    }

    /// A time that the row can do without.
    fn optional_time(
        &self,
        cell: &Cell,
        column: &str,
        writer: Writer,
        notes: &mut Vec<String>,
    ) -> Option<Timestamp> {
        if *cell == Cell::Null || cell.text() == Some("") {
            return None;
        }
        let instant = cell.text().and_then(|text| time::read(text, writer, &self.zone));
        if instant.is_none() {
            notes.push(format!("{column} is not a time that can be read"));
        }
        instant
    }
}

/// The text of a column without which a row means nothing.
fn required<'a>(cell: &'a Cell, column: &str) -> Result<&'a str, String> {
    match cell {
        Cell::Text(text) if text.trim().is_empty() => Err(format!("{column} is empty")),
        Cell::Text(text) => Ok(text),
        other => Err(format!("{column} is {}, not text", other.kind())),
    }
}

/// The text of a column that a row can do without.
fn optional(cell: &Cell, column: &str, notes: &mut Vec<String>) -> Option<String> {
    match cell {
        Cell::Null => None,
        Cell::Text(text) if text.trim().is_empty() => None,
        Cell::Text(text) => Some(text.clone()),
        other => {
            notes.push(format!(
                "{column} is {}, not text, and was left out",
                other.kind()
            ));
            None
        }
    }
}

/// A name that may be put into a text to somebody else, as short and as clean as one typed today; may be empty.
fn name(cell: &Cell, column: &str, notes: &mut Vec<String>) -> String {
    let typed = optional(cell, column, notes).unwrap_or_default();
    let cleaned = ContactName::clean(&typed).as_str().to_owned();
    if cleaned != typed {
        notes.push(format!(
            "{column} was shortened or cleaned to what a text may carry"
        ));
    }
    cleaned
}

/// The largest id that is carried over: what every JSON reader holds exactly, and far from where SQLite, asked for a
/// larger one, has no more to give.
pub const LARGEST_ID: i64 = (1 << 53) - 1;

/// A row id that our tables can carry on with.
fn id(cell: &Cell) -> Result<i64, String> {
    match cell.integer() {
        Some(id) if id > LARGEST_ID => Err("id is too large to go on counting from".to_owned()),
        Some(id) if id > 0 => Ok(id),
        Some(_) => Err("id is not positive".to_owned()),
        None => Err(format!("id is {}, not a whole number", cell.kind())),
    }
}
