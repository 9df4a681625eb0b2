//! Ends a hiker's time on a number from the console.

use super::{AdminCaller, Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::UserId,
    outgoing::Outgoing,
    phone::{Deciding, LinkEndReason, PhoneChange},
    port::{Commit, Fault, until_stored},
    time::Timestamp,
};

/// A hiker whose time on the number ends by an operator's decision, and all that goes with it, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveUser {
    /// Hiker to remove.
    pub user: UserId,
    /// When the operator decided it.
    pub at: Timestamp,
    /// The end of the number's link, if it has one.
    pub link: Option<PhoneChange>,
    /// The mail to the account that the number was linked to.
    pub outgoing: Vec<Outgoing>,
    /// Events of the audit log.
    pub audit: Vec<AuditEvent>,
}

/// What a store answers to a removal.
#[must_use = "only a stored removal happened"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// The removal is stored.
    Stored,
    /// The number was linked, or its link ended, meanwhile; nothing was stored.
    Stale,
    /// There is no such live hiker.
    UnknownUser,
}

/// Why no hiker was removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveUserError {
    /// There is no such live hiker.
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
