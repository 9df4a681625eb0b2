//! Memory is always well.

use thunderbird_domain::{
    health::{StoreCondition, StoreHealth},
    port::PortFuture,
};

use super::MemoryStore;

impl StoreHealth for MemoryStore {
    fn look(&self) -> PortFuture<'_, StoreCondition> {
        let well = StoreCondition {
            schema_is_current: true,
            free_bytes: u64::MAX,
        };
        Box::pin(async move { Ok(well) })
    }

    fn pulse(&self) -> PortFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
