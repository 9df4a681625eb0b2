//! Opt-outs in memory.

use thunderbird_domain::{
    admin::OptOutLine,
    opt_out::{OptOutChange, OptOuts},
    phone_number::PhoneNumber,
    port::PortFuture,
};

use super::MemoryStore;

/// The opt-outs that stand.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) standing: Vec<OptOutLine>,
    /// How many there ever were: ids are never reused.
    given: i64,
}

impl State {
    pub(crate) fn stands(&self, phone: &PhoneNumber) -> bool {
        self.standing.iter().any(|line| line.phone == *phone)
    }

    /// Applies a decision. True when it changed something.
    pub(crate) fn apply(&mut self, change: &OptOutChange) -> bool {
        let before = self.standing.len();
        match change {
            OptOutChange::Record { phone, .. } if self.stands(phone) => {}
            OptOutChange::Record { phone, source, at } => {
                self.given += 1;
                self.standing.push(OptOutLine {
                    id: self.given,
                    phone: phone.clone(),
                    source: format!("{source:?}").to_lowercase(),
                    started_at: *at,
                });
            }
            OptOutChange::Clear { phone, .. } => self.standing.retain(|line| line.phone != *phone),
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
