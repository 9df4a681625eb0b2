//! Opt-outs recorded or cleared by an operator.

use super::{AdminCaller, Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    opt_out::{OptOutChange, OptOutSource},
    outgoing::Outgoing,
    phone_number::{PhoneNumber, PhoneNumberError},
    port::Fault,
};

/// Why an opt-out stays what it was.
#[derive(Debug, thiserror::Error)]
pub enum OptOutError {
    /// Not a number.
    #[error(transparent)]
    Phone(#[from] PhoneNumberError),
    /// It stands, or does not stand, already.
    #[error("Nothing was changed: this is how it was already.")]
    NothingToChange,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Records that a number does not want our texts. A hiker who has no other contact that could receive a text gets one
    /// about it. Of two contacts who are opted out in the same instant each counts as there for the other.
    ///
    /// # Errors
    ///
    /// [`OptOutError`].
    pub async fn record_opt_out(&self, caller: &AdminCaller, phone: &str) -> Result<(), OptOutError> {
        let phone = PhoneNumber::parse(phone, self.region)?;
        let at = self.clock.now();
        let change = OptOutChange::Record {
            phone,
            source: OptOutSource::Operator,
            at,
        };
        self.change_opt_out(caller, change, "opt_out.recorded").await
    }

    /// Clears an opt-out, because its owner asked an operator to. Twilio's own block is not touched by it. A hiker who
    /// had no other contact that could receive a text gets one about it.
    ///
    /// # Errors
    ///
    /// [`OptOutError`].
    pub async fn clear_opt_out(&self, caller: &AdminCaller, phone: &str) -> Result<(), OptOutError> {
        let change = OptOutChange::Clear {
            phone: PhoneNumber::parse(phone, self.region)?,
            at: self.clock.now(),
        };
        self.change_opt_out(caller, change, "opt_out.cleared").await
    }

    async fn change_opt_out(
        &self,
        caller: &AdminCaller,
        change: OptOutChange,
        action: &'static str,
    ) -> Result<(), OptOutError> {
        let event = AuditEvent::new(
            self.clock.now(),
            Actor::Admin(caller.id),
            action,
            Subject::Service,
        );
        let told = self.hikers_told(&change).await?;
        if self.actions.change_opt_out(change, told, event).await? {
            Ok(())
        } else {
            Err(OptOutError::NothingToChange)
        }
    }

    /// The texts to the hikers for whom the number was, or is again, the only contact who receives texts.
    async fn hikers_told(&self, change: &OptOutChange) -> Result<Vec<Outgoing>, Fault> {
        let (OptOutChange::Record { phone, at, .. } | OptOutChange::Clear { phone, at }) = change;
        let hikers = self.reader.hikers_of_contact(phone).await?;
        let told = hikers.iter().filter_map(|known| match change {
            OptOutChange::Record { .. } => known.left(phone, &self.textable, *at),
            OptOutChange::Clear { .. } => known.came_back(phone, &self.textable, *at),
        });
        Ok(told.collect())
    }
}
