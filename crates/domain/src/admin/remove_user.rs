//! Ends a hiker's time on a number from the console.

use super::{
    AdminCaller,
    actions::{Removal, RemoveUser},
    console::Console,
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::UserId,
    phone::{Deciding, LinkEndReason, PhoneChange},
    port::{Commit, Fault, until_stored},
};

/// Why no hiker was removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveUserError {
    /// The hiker does not exist any more, or never did.
    #[error("There is no such hiker.")]
    UnknownUser,
    /// A port failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Ends a hiker's time on the number: the number is unregistered until START, history stays. The number's link ends
    /// too; the account receives a mail about it.
    ///
    /// # Errors
    ///
    /// [`RemoveUserError`].
    pub async fn remove_user(&self, caller: &AdminCaller, user: UserId) -> Result<(), RemoveUserError> {
        until_stored("admin actions", || async {
            let remove = self.removal(caller, user).await?;
            match self.actions.remove_user(remove).await? {
                Removal::Stored => Ok(Commit::Stored(())),
                Removal::Stale => Ok(Commit::Stale),
                Removal::UnknownUser => Err(RemoveUserError::UnknownUser),
            }
        })
        .await
    }

    async fn removal(&self, caller: &AdminCaller, user: UserId) -> Result<RemoveUser, RemoveUserError> {
        let by = Deciding {
            actor: Actor::Admin(caller.id),
            at: self.clock.now(),
            entropy: &*self.entropy,
            macs: &*self.macs,
        };
        let page = self
            .reader
            .user(user)
            .await?
            .ok_or(RemoveUserError::UnknownUser)?;
        let view = match page.user.account {
            Some(account) => self.phones.view(account, &page.user.phone).await?,
            None => None,
        };
        let ended = view.and_then(|view| view.release(LinkEndReason::Operator, &by));
        let removed = AuditEvent::new(by.at, by.actor, "user.removed", Subject::User(user));
        let mut remove = RemoveUser {
            user,
            at: by.at,
            link: None,
            outgoing: Vec::new(),
            audit: vec![removed],
        };
        if let Some(ended) = ended {
            let mut change = PhoneChange::of(page.user.phone, by.at);
            change.link = Some(ended.plan);
            remove.link = Some(change);
            remove.outgoing = ended.outgoing;
            remove.audit.extend(ended.audit);
        }
        Ok(remove)
    }
}
