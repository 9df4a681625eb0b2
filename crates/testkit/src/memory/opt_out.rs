//! Opt-outs in memory.

use thunderbird_domain::{
    opt_out::{OptOutChange, OptOuts},
    phone_number::PhoneNumber,
    port::PortFuture,
    time::Timestamp,
};

use super::MemoryStore;

/// The opt-outs that stand.
#[derive(Default)]
pub(crate) struct State {
    standing: Vec<(PhoneNumber, Timestamp)>,
}

impl State {
    pub(crate) fn stands(&self, phone: &PhoneNumber) -> bool {
        self.since(phone).is_some()
    }

    /// When the number opted out.
    pub(crate) fn since(&self, phone: &PhoneNumber) -> Option<Timestamp> {
        let mut standing = self.standing.iter();
        standing
            .find(|(opted_out, _)| opted_out == phone)
            .map(|(_, at)| *at)
    }

    /// Applies a decision. True when it changed something.
    pub(crate) fn apply(&mut self, change: &OptOutChange) -> bool {
        let before = self.standing.len();
        match change {
            OptOutChange::Record { phone, .. } if self.stands(phone) => {}
            OptOutChange::Record { phone, at, .. } => self.standing.push((phone.clone(), *at)),
            OptOutChange::Clear { phone, .. } => self.standing.retain(|(opted_out, _)| opted_out != phone),
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
