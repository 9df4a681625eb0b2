//! Promises that are watched: as a list, and one promise with its timeline.

use super::{
    console::Console,
    lines::{PromisePage, WatchList},
};
use crate::{id::DeadlineId, port::Fault};

/// How many open promises the console lists.
const LISTED: u32 = 200;

impl Console {
    /// The open promises, those in alarm first.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn watch(&self) -> Result<WatchList, Fault> {
        self.reader.watch(LISTED).await
    }

    /// One promise, open or closed; `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn promise(&self, id: DeadlineId) -> Result<Option<PromisePage>, Fault> {
        self.reader.promise(id, self.clock.now()).await
    }
}
