//! Showing what is masked. The audit row is on disk before anything is shown.

use super::{AccountPage, AdminCaller, Console, MessageLine, UserPage};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::{AccountId, MessageId, UserId},
    port::Fault,
};

/// A page whose numbers and bodies may be shown, this once.
#[derive(Debug)]
pub struct Revealed<T>(T);

impl<T> Revealed<T> {
    /// The page.
    pub fn into_page(self) -> T {
        self.0
    }
}

impl Console {
    /// A hiker's page, to be shown unmasked.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails; nothing may be shown then.
    pub async fn reveal_user(
        &self,
        caller: &AdminCaller,
        id: UserId,
    ) -> Result<Option<Revealed<UserPage>>, Fault> {
        let found = self.reader.user(id).await?;
        self.reveal(caller, Subject::User(id), found).await
    }

    /// An account's page, to be shown unmasked.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails; nothing may be shown then.
    pub async fn reveal_account(
        &self,
        caller: &AdminCaller,
        id: AccountId,
    ) -> Result<Option<Revealed<AccountPage>>, Fault> {
        let found = self.reader.account(id).await?;
        self.reveal(caller, Subject::Account(id), found).await
    }

    /// A text, to be shown unmasked.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails; nothing may be shown then.
    pub async fn reveal_message(
        &self,
        caller: &AdminCaller,
        id: i64,
    ) -> Result<Option<Revealed<MessageLine>>, Fault> {
        let found = self.reader.message(id).await?;
        self.reveal(caller, Subject::Message(MessageId::from_stored(id)), found)
            .await
    }

    /// Writes down that an administrator asked for a reset link on an owner's behalf.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails; no link may be sent then.
    pub async fn note_reset(&self, caller: &AdminCaller, account: AccountId) -> Result<(), Fault> {
        let subject = Subject::Account(account);
        let event = AuditEvent::new(
            self.clock.now(),
            Actor::Admin(caller.id),
            "console.reset_link_asked",
            subject,
        );
        self.actions.record(event).await
    }

    /// The audit comes first; what is not there is not written down.
    async fn reveal<T>(
        &self,
        caller: &AdminCaller,
        subject: Subject,
        found: Option<T>,
    ) -> Result<Option<Revealed<T>>, Fault> {
        let Some(found) = found else { return Ok(None) };
        let actor = Actor::Admin(caller.id);
        let event = AuditEvent::new(self.clock.now(), actor, "console.revealed", subject);
        self.actions.record(event).await?;
        Ok(Some(Revealed(found)))
    }
}
