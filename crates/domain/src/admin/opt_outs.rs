//! Numbers that must not be texted, as a list.

use super::{
    console::Console,
    lines::{Cursor, OptOutLine, PAGE_ROWS, PageOf},
};
use crate::port::Fault;

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
