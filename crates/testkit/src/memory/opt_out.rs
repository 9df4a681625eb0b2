//! Opt-outs in memory.

use std::collections::BTreeSet;

use thunderbird_domain::{
    opt_out::{OptOutChange, OptOuts},
    phone_number::PhoneNumber,
    port::PortFuture,
};

use super::MemoryStore;

/// The numbers that are opted out now.
#[derive(Default)]
pub(crate) struct State(BTreeSet<PhoneNumber>);

impl State {
    pub(crate) fn stands(&self, phone: &PhoneNumber) -> bool {
        self.0.contains(phone)
    }

    /// Applies a decision. True when it changed something.
    pub(crate) fn apply(&mut self, change: &OptOutChange) -> bool {
        match change {
            OptOutChange::Record { phone, .. } => self.0.insert(phone.clone()),
            OptOutChange::Clear { phone, .. } => self.0.remove(phone),
        }
    }
}

impl OptOuts for MemoryStore {
    fn is_opted_out(&self, phone: &PhoneNumber) -> PortFuture<'_, bool> {
        let stands = self.lock().opt_outs.stands(phone);
        Box::pin(async move { Ok(stands) })
    }
}
