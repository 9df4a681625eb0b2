//! Numbers that must not be texted, as a list shows them.

use super::page::Cursor;
use crate::{opt_out::OptOutSource, phone_number::PhoneNumber, time::Timestamp};

/// A number that must not be texted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOutLine {
    /// Row of the opt-out, for the place where the list continues.
    pub row: Cursor,
    /// Number that is opted out.
    pub phone: PhoneNumber,
    /// How the opt-out came about.
    pub source: OptOutSource,
    /// When the opt-out began.
    pub started_at: Timestamp,
}
