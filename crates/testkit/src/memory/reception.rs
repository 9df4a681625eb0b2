//! When the service last ran, in memory.

use thunderbird_domain::{
    port::PortFuture,
    sms::reception::{Reception, ReceptionLog},
    time::Timestamp,
};

use super::MemoryStore;

impl ReceptionLog for MemoryStore {
    fn last(&self) -> PortFuture<'_, Option<Reception>> {
        let last = self.lock().reception;
        Box::pin(async move { Ok(last) })
    }

    fn alive(&self, at: Timestamp) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        let read_to = state.reception.and_then(|last| last.read_to);
        state.reception = Some(Reception {
            alive_at: at,
            read_to,
        });
        Box::pin(async { Ok(()) })
    }

    fn read_to(&self, at: Timestamp) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        let alive_at = state.reception.map_or(at, |last| last.alive_at);
        state.reception = Some(Reception {
            alive_at,
            read_to: Some(at),
        });
        Box::pin(async { Ok(()) })
    }
}
