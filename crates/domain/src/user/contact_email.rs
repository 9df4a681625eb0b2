//! The e-mail address of a contact: the hiker gives it, changes it, and takes it away.

use super::{
    ContactEmailError, ContactMarks, SaveUser, SavedContact, SavedUser, StoredUser, UserChange, Users,
};
use crate::{
    audit::{AuditEvent, Subject},
    email::Email,
    id::{AccountId, ContactId},
    limit::Limit,
    moment::Moment,
    phone_number::PhoneNumber,
    port::{Commit, until_stored},
    time::Timestamp,
};

/// Decides about the address of a contact. `None` if it is the contact's already; nothing is to be stored then.
///
/// # Errors
///
/// [`ContactEmailError::NoContact`]; nothing changes then.
pub fn change_email(
    stored: &StoredUser,
    (id, email): (ContactId, Option<Email>),
    moment: &Moment,
) -> Result<Option<(UserChange, AuditEvent)>, ContactEmailError> {
    let mut state = stored.user.clone();
    let mut contacts = state.contacts.iter_mut();
    let contact = contacts
        .find(|contact| contact.id == Some(id))
        .ok_or(ContactEmailError::NoContact)?;
    if contact.email == email {
        return Ok(None);
    }
    let action = if email.is_some() {
        "contact.email_set"
    } else {
        "contact.email_removed"
    };
    contact.email = email;
    let audit = AuditEvent::new(moment.at, moment.actor, action, Subject::User(stored.id));
    let change = UserChange {
        replaces: stored.revision,
        tag: moment.seed.derived("user", 0),
        state,
        check_in: None,
        taken_back: None,
        at: moment.at,
    };
    Ok(Some((change, audit.with("contact", id.get()))))
}

impl Users {
    /// Gives a contact of the hiker that is linked to `account` an address, or takes it away.
    ///
    /// # Errors
    ///
    /// [`ContactEmailError`]; nothing has changed then.
    pub async fn set_contact_email(
        &self,
        account: AccountId,
        id: ContactId,
        email: Option<Email>,
    ) -> Result<SavedContact, ContactEmailError> {
        let moment = self.moment(account);
        until_stored("users", || async {
            let stored = self.store.by_account(account).await?;
            let stored = stored.ok_or(ContactEmailError::NoContact)?;
            let Some((change, audit)) = change_email(&stored, (id, email.clone()), &moment)? else {
                let known = SavedContact::of(&stored, id);
                return known.map(Commit::Stored).ok_or(ContactEmailError::NoContact);
            };
            let counts = match &email {
                Some(email) => self.given(&stored.user.phone, email, moment.at).await?,
                None => Vec::new(),
            };
            let save = SaveUser {
                change,
                outgoing: Vec::new(),
                counts,
                audit: vec![audit],
                deadlines: Vec::new(),
            };
            let Commit::Stored(SavedUser { user, .. }) = self.store.commit(save).await? else {
                return Ok(Commit::Stale);
            };
            Ok(SavedContact::of(&user, id).map_or(Commit::Stale, Commit::Stored))
        })
        .await
    }

    /// What giving this address counts under.
    ///
    /// # Errors
    ///
    /// [`ContactEmailError::TooOften`] beyond the limits.
    pub(super) async fn given(
        &self,
        hiker: &PhoneNumber,
        email: &Email,
        at: Timestamp,
    ) -> Result<Vec<Limit>, ContactEmailError> {
        let limits = self.budgets.contact_email(hiker, email);
        let verdict = self.budgets.limiter.check(limits.clone(), at).await?;
        verdict.or_throttled(|retry_after| ContactEmailError::TooOften { retry_after })?;
        Ok(limits)
    }
}

impl SavedContact {
    /// A contact that was there before, as it is stored now.
    fn of(stored: &StoredUser, id: ContactId) -> Option<Self> {
        let mut contacts = stored.user.contacts.iter();
        let contact = contacts.find(|contact| contact.id == Some(id))?;
        Some(Self {
            marks: ContactMarks::of(stored, &contact.phone),
            trouble: stored.trouble(&contact.phone),
            contact: contact.clone(),
            renamed: true,
        })
    }
}
