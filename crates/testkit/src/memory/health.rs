//! Memory is always well.

use thunderbird_domain::{
    health::{StoreCondition, StoreFigures, StoreHealth},
    port::PortFuture,
    time::Timestamp,
};

use super::MemoryStore;

impl StoreHealth for MemoryStore {
    fn check(&self) -> PortFuture<'_, StoreCondition> {
        let well = StoreCondition {
            is_in_place: true,
            schema_is_current: true,
            free_bytes: None,
        };
        Box::pin(async move { Ok(well) })
    }

    /// Memory keeps no messages of its own to count.
    fn figures(&self, _: Timestamp) -> PortFuture<'_, StoreFigures> {
        Box::pin(async { Ok(StoreFigures::default()) })
    }

    fn ping_writer(&self) -> PortFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
