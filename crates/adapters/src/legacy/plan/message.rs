//! Texts: `message_log` of the Python version.

use thunderbird_domain::{
    phone_number::PhoneNumber,
    sms::{keyword::Keyword, normal::normalize},
    time::Timestamp,
};

use super::{
    Mapped, Planned, Rules, id, optional, required,
    time::{self, Writer},
};
use crate::legacy::cell::Cell;

/// The columns that [`plan`] reads, in its order. The last two are absent from the oldest files.
pub const COLUMNS: [&str; 9] = [
    "id",
    "user_phone",
    "direction",
    "message_type",
    "content",
    "segments",
    "sent_at",
    "cost_aud",
    "success",
];

/// Which way a text went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From a hiker to the service.
    Inbound,
    /// From the service to somebody.
    Outbound,
}

/// A text to carry over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id, kept.
    pub id: i64,
    /// The other side's number.
    pub phone: PhoneNumber,
    /// Which way it went.
    pub direction: Direction,
    /// What the Python version called it.
    pub kind: Option<String>,
    /// Its first 500 characters.
    pub body: Option<String>,
    /// Segments as the Python version counted them.
    pub segments: i64,
    /// Cost in millionths of an Australian dollar; `None` when it cannot be read.
    pub cost_micros: Option<i64>,
    /// When it was logged.
    pub sent_at: Timestamp,
    /// Whether the Python version took it for sent.
    pub success: bool,
}

impl Message {
    /// Whether the text was a word by which its sender told the carrier to stop (`true`) or to go on (`false`).
    pub fn carrier_word(&self) -> Option<bool> {
        if self.direction == Direction::Outbound {
            return None;
        }
        let body = normalize(self.body.as_deref()?);
        match Keyword::of(&body) {
            Some(Keyword::Stop) => Some(true),
            Some(Keyword::Resume) => Some(false),
            None if body == "START" => Some(false),
            None => None,
        }
    }
}

/// Decides about one row, given as [`COLUMNS`].
///
/// # Errors
///
/// The reason why the row is only listed.
pub fn plan(row: &[Cell; 9], rules: &Rules) -> Planned<Message> {
    let [
        key,
        phone,
        direction,
        kind,
        content,
        segments,
        sent,
        cost,
        success,
    ] = row;
    let mut notes = Vec::new();
    let id = id(key)?;
    let phone = rules.sender(phone, "user_phone")?;
    let direction = match required(direction, "direction")? {
        "inbound" => Direction::Inbound,
        "outbound" => Direction::Outbound,
        _ => return Err("direction is neither inbound nor outbound".to_owned()),
    };
    let sent_at = time::read(required(sent, "sent_at")?, Writer::Utc, &rules.zone)
        .ok_or("sent_at is not a time that can be read")?;
    Ok(Mapped {
        row: Message {
            id,
            phone,
            direction,
            kind: optional(kind, "message_type", &mut notes),
            body: optional(content, "content", &mut notes),
            segments: segments_of(segments, &mut notes),
            cost_micros: micros(cost, &mut notes),
            sent_at,
            success: *success != Cell::Integer(0),
        },
        notes,
    })
}

fn segments_of(cell: &Cell, notes: &mut Vec<String>) -> i64 {
    match cell {
        Cell::Null => 1,
        Cell::Integer(count) if (0..=1_000).contains(count) => *count,
        _ => {
            notes.push("segments is not a count: taken as 1".to_owned());
            1
        }
    }
}

/// Millionths of what the column holds in whole dollars, rounded to the nearest.
fn micros(cell: &Cell, notes: &mut Vec<String>) -> Option<i64> {
    let dollars = match cell {
        Cell::Null => return Some(0),
        Cell::Integer(whole) if (0..=1_000_000).contains(whole) => format!("{whole}.000000"),
        Cell::Real(amount) if (0.0..=1_000_000.0).contains(amount) => format!("{amount:.6}"),
        _ => {
            notes.push("cost_aud is not an amount and was left out".to_owned());
            return None;
        }
    };
    dollars.replace('.', "").parse().ok()
}
