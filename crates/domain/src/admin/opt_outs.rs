//! Numbers that must not be texted, as a list.

use super::{Console, Cursor, PAGE_ROWS, PageOf};
use crate::{opt_out::OptOutSource, phone_number::PhoneNumber, port::Fault, time::Timestamp};

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

impl Console {
    /// Opt-outs that are in force, newest first.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn opt_outs(&self, before: Option<Cursor>) -> Result<PageOf<OptOutLine>, Fault> {
        self.reader.opt_outs(before, PAGE_ROWS).await
    }
}
