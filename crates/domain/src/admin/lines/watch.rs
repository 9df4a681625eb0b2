//! Promises as the console shows them.

use super::messages::MessageLine;
use crate::{deadline::Watched, id::DeadlineId};

/// The open promises.
#[derive(Debug)]
pub struct WatchList {
    /// Promises in alarm first, then the others; each part in the order of the promised times.
    pub promises: Vec<Watched>,
    /// Promises that cannot be read. The watch cannot keep them.
    pub unreadable: Vec<DeadlineId>,
    /// Whether there are more open promises than these.
    pub has_more: bool,
}

/// Everything about one promise.
#[derive(Debug)]
pub struct PromisePage {
    /// The promise with its stages and its alarm, and the hiker who made it.
    pub watched: Watched,
    /// The newest texts about it, newest first. The texts that end an alarm are not among them.
    pub texts: Vec<MessageLine>,
}
