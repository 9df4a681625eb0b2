//! Opt-outs in memory.

use thunderbird_domain::{
    opt_out::{OptOutChange, OptOuts},
    phone_number::PhoneNumber,
    port::PortFuture,
};

use super::MemoryStore;

/// The opt-outs that stand.
#[derive(Default)]
pub(crate) struct State {
    standing: Vec<PhoneNumber>,
}

impl State {
    pub(crate) fn stands(&self, phone: &PhoneNumber) -> bool {
        self.standing.contains(phone)
    }

    /// Applies a decision. True when it changed something.
    pub(crate) fn apply(&mut self, change: &OptOutChange) -> bool {
        let before = self.standing.len();
        match change {
            OptOutChange::Record { phone, .. } if self.stands(phone) => {}
            OptOutChange::Record { phone, .. } => self.standing.push(phone.clone()),
            OptOutChange::Clear { phone, .. } => self.standing.retain(|opted_out| opted_out != phone),
        }
        self.standing.len() != before
    }
}

impl OptOuts for MemoryStore {
    fn is_opted_out(&self, phone: &PhoneNumber) -> PortFuture<'_, bool> {
        let stands = self.lock().opt_outs.stands(phone);
        Box::pin(async move { Ok(stands) })
    }
}
