//! Shows what is masked. The audit row is on disk before anything is shown.

use super::{AccountPage, AdminCaller, AdminReader, Console, MessageLine, UserPage};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::{AccountId, MessageId, UserId},
    port::{Fault, PortFuture},
};

/// What can be shown unmasked: a hiker's page, an account's page or one text, named by its id.
pub trait Revealable: Copy {
    /// The page with personal data.
    type Page;

    /// The subject of the audit event.
    fn subject(self) -> Subject;

    /// Reads the page; `None` if the row does not exist.
    fn page(self, reader: &dyn AdminReader) -> PortFuture<'_, Option<Self::Page>>;
}

impl Revealable for UserId {
    type Page = UserPage;

    fn subject(self) -> Subject {
        Subject::User(self)
    }

    fn page(self, reader: &dyn AdminReader) -> PortFuture<'_, Option<UserPage>> {
        reader.user(self)
    }
}

impl Revealable for AccountId {
    type Page = AccountPage;

    fn subject(self) -> Subject {
        Subject::Account(self)
    }

    fn page(self, reader: &dyn AdminReader) -> PortFuture<'_, Option<AccountPage>> {
        reader.account(self)
    }
}

impl Revealable for MessageId {
    type Page = MessageLine;

    fn subject(self) -> Subject {
        Subject::Message(self)
    }

    fn page(self, reader: &dyn AdminReader) -> PortFuture<'_, Option<MessageLine>> {
        reader.message(self)
    }
}

/// A page whose numbers and bodies may be shown, this once.
#[derive(Debug)]
pub struct Revealed<T>(T);

impl<T> Revealed<T> {
    /// The page itself.
    pub fn into_page(self) -> T {
        self.0
    }
}

impl Console {
    /// A page to be shown unmasked; `None`, and nothing audited, if the row does not exist.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails; nothing may be shown then.
    pub async fn reveal<R: Revealable>(
        &self,
        caller: &AdminCaller,
        id: R,
    ) -> Result<Option<Revealed<R::Page>>, Fault> {
        let Some(found) = id.page(&*self.reader).await? else {
            return Ok(None);
        };
        let actor = Actor::Admin(caller.id);
        let event = AuditEvent::new(self.clock.now(), actor, "console.revealed", id.subject());
        self.actions.record(event).await?;
        Ok(Some(Revealed(found)))
    }
}
