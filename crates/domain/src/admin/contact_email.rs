//! Gives a contact an e-mail address, or takes it away, from the console.

use super::{AdminCaller, Console};
use crate::{
    audit::Actor,
    email::Email,
    id::{ContactId, UserId},
    moment::Moment,
    port::{Commit, Fault, until_stored},
    random::Tag,
    user::{ContactEmailError, SaveUser, change_email},
};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// Why the address was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeContactEmailError {
    /// The hiker or the contact does not exist any more, or never did.
    #[error("The hiker does not have this contact.")]
    Unknown,
    /// No mail could reach it.
    #[error("This is not a valid e-mail address.")]
    Email,
    /// No reason was given, or a long one.
    #[error("A reason has 1 to 200 characters.")]
    Reason,
    /// It is the contact's address already.
    #[error("Nothing was changed: it is so already.")]
    SameEmail,
    /// A port failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Gives a contact of a hiker this address; an empty one takes it away. The audit has the reason and no address.
    ///
    /// # Errors
    ///
    /// [`ChangeContactEmailError`]; nothing has changed then.
    pub async fn change_contact_email(
        &self,
        caller: &AdminCaller,
        (user, contact): (UserId, ContactId),
        (email, reason): (&str, &str),
    ) -> Result<(), ChangeContactEmailError> {
        let reason = reason.trim();
        if reason.is_empty()
            || reason.chars().count() > LONGEST_REASON
            || reason.chars().any(char::is_control)
        {
            return Err(ChangeContactEmailError::Reason);
        }
        let email = match email.trim() {
            "" => None,
            typed => Some(Email::parse(typed).map_err(|_| ChangeContactEmailError::Email)?),
        };
        let moment = Moment {
            at: self.clock.now(),
            seed: Tag::draw(&*self.entropy),
            actor: Actor::Admin(caller.id),
        };
        until_stored("user store", || async {
            let stored = self
                .live_user(user)
                .await?
                .ok_or(ChangeContactEmailError::Unknown)?;
            let changed = change_email(&stored, (contact, email.clone()), &moment);
            let (change, audit) = match changed {
                Ok(changed) => changed.ok_or(ChangeContactEmailError::SameEmail)?,
                Err(ContactEmailError::Fault(fault)) => return Err(fault.into()),
                Err(ContactEmailError::NoContact | ContactEmailError::TooOften { .. }) => {
                    return Err(ChangeContactEmailError::Unknown);
                }
            };
            let save = SaveUser {
                change,
                outgoing: Vec::new(),
                counts: Vec::new(),
                audit: vec![audit.with("reason", reason)],
                deadlines: Vec::new(),
            };
            Ok(match self.users.commit(save).await? {
                Commit::Stored(_) => Commit::Stored(()),
                Commit::Stale => Commit::Stale,
            })
        })
        .await
    }
}
