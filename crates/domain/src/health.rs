//! How well the service's own storage is.

use crate::port::PortFuture;

/// Below this much free space the service says that it is not ready: room is kept for the log and the audit trail.
pub const LEAST_FREE_BYTES: u64 = 256 * 1024 * 1024;

/// What was seen when the store was looked at. Whoever gets one knows that the database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreCondition {
    /// Whether the schema is exactly what this binary was built for.
    pub schema_is_current: bool,
    /// Bytes that may still be written beside the database.
    pub free_bytes: u64,
}

impl StoreCondition {
    /// Whether work can be taken on.
    pub fn is_ready(self) -> bool {
        self.schema_is_current && self.free_bytes >= LEAST_FREE_BYTES
    }
}

/// Looks at the store.
pub trait StoreHealth: Send + Sync {
    /// Reads something from the database and looks at the disk.
    fn look(&self) -> PortFuture<'_, StoreCondition>;

    /// Passes through the writer and back, storing nothing: a writer that is stuck never answers.
    fn pulse(&self) -> PortFuture<'_, ()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_or_an_old_schema_is_not_ready() {
        for (schema_is_current, free_bytes, ready) in [
            (true, LEAST_FREE_BYTES, true),
            (true, LEAST_FREE_BYTES - 1, false),
            (false, u64::MAX, false),
        ] {
            let condition = StoreCondition {
                schema_is_current,
                free_bytes,
            };
            assert_eq!(condition.is_ready(), ready);
        }
    }
}
