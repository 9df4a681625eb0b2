//! How well the service's own storage is.

use crate::{port::PortFuture, time::Timestamp};

/// Below this much free space the service says that it is not ready: room is kept for the log and the audit trail.
pub const LEAST_FREE_BYTES: u64 = 256 * 1024 * 1024;

/// What was seen when the store was looked at. A report exists only if the database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreCondition {
    /// Whether the file that is written to is still the one that the next start will find.
    pub is_in_place: bool,
    /// Whether the schema is exactly what this binary was built for.
    pub schema_is_current: bool,
    /// Bytes that may still be written next to the database; `None` if its disk cannot be seen from here.
    pub free_bytes: Option<u64>,
}

impl StoreCondition {
    /// Whether work can be taken on.
    pub fn is_ready(self) -> bool {
        self.is_in_place && self.schema_is_current && !self.is_full()
    }

    /// Whether less is free than has to be kept free.
    pub fn is_full(self) -> bool {
        self.free_bytes.is_some_and(|free| free < LEAST_FREE_BYTES)
    }
}

/// Texts of one class that still have to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// The class's word.
    pub class: String,
    /// How many there are.
    pub count: u64,
    /// Since when the oldest of them could have left.
    pub oldest: Timestamp,
}

/// Open promises and calls for help of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPromises {
    /// The word of the state.
    pub state: String,
    /// How many there are.
    pub count: u64,
    /// When the next stage of any of them is due.
    pub next_due_at: Option<Timestamp>,
}

/// Open alarms of one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenAlarms {
    /// `asked` if the hiker asks for help, `overdue` if only the promised time has passed.
    pub cause: &'static str,
    /// How many there are.
    pub count: u64,
}

/// What the store holds, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoreFigures {
    /// Texts of the last 24 hours: direction, state, how many.
    pub texts_last_day: Vec<(String, String, u64)>,
    /// Texts that could leave now and have not, by class.
    pub unsent: Vec<Unsent>,
    /// What the texts of the last 24 hours cost: currency, millionths.
    pub spend_last_day: Vec<(String, i64)>,
    /// Texts that were sent for the first time today (UTC), as the day's figure counts them.
    pub claimed_today: u64,
    /// Open promises and calls for help by state: how many, and when the next stage is due, if one is.
    pub promises: Vec<OpenPromises>,
    /// Open alarms by cause.
    pub alarms: Vec<OpenAlarms>,
    /// Bytes that may still be written next to the database; `None` if its disk cannot be seen from here.
    pub free_bytes: Option<u64>,
}

/// Looks at the store.
pub trait StoreHealth: Send + Sync {
    /// Reads something from the database and looks at the disk.
    fn check(&self) -> PortFuture<'_, StoreCondition>;

    /// Counts what the store holds; reads a day's texts, so it is asked every few seconds at most.
    fn figures(&self, now: Timestamp) -> PortFuture<'_, StoreFigures>;

    /// Passes through the writer and back, storing nothing: a writer that is stuck never answers.
    fn ping_writer(&self) -> PortFuture<'_, ()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_an_old_schema_or_a_file_that_is_gone_is_not_ready() {
        for (is_in_place, schema_is_current, free_bytes, ready) in [
            (true, true, Some(LEAST_FREE_BYTES), true),
            (true, true, Some(LEAST_FREE_BYTES - 1), false),
            (true, true, None, true),
            (true, false, None, false),
            (false, true, Some(u64::MAX), false),
        ] {
            let condition = StoreCondition {
                is_in_place,
                schema_is_current,
                free_bytes,
            };
            assert_eq!(condition.is_ready(), ready);
        }
    }
}
