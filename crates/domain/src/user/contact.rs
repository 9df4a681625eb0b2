//! Whom a hiker wants told.

use super::{
    Contact, ContactName, ContactRefusal, MAX_CONTACTS, SaveUser, SavedUser, StoredUser, UserChange, Users,
};
use crate::{
    audit::{AuditEvent, Subject},
    id::{AccountId, ContactId},
    messages,
    moment::Moment,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::{PhoneNumber, TextableRegions},
    port::{Commit, Fault, until_stored},
    random::Tag,
    time::Timestamp,
};

/// A contact that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddContact {
    /// What to store.
    pub change: UserChange,
    /// The message to a new contact.
    pub outgoing: Vec<Outgoing>,
    /// What the audit says.
    pub audit: AuditEvent,
    /// The contact that is kept.
    pub contact: Contact,
    /// Whether it was there before and has another name now.
    pub renamed: bool,
}

/// Decides about adding or renaming a contact.
///
/// # Errors
///
/// [`ContactRefusal`]; nothing changes then.
pub fn add_contact(
    stored: &StoredUser,
    (phone, name): (&PhoneNumber, ContactName),
    textable: &TextableRegions,
    moment: &Moment,
) -> Result<AddContact, ContactRefusal> {
    textable.check(phone)?;
    if *phone == stored.user.phone {
        return Err(ContactRefusal::OwnNumber);
    }
    let mut state = stored.user.clone();
    let known = state.contacts.iter_mut().find(|contact| contact.phone == *phone);
    let renamed = known.is_some();
    let contact = if let Some(contact) = known {
        if !name.as_str().is_empty() {
            contact.name = name;
        }
        contact.clone()
    } else if stored.user.contacts.len() >= MAX_CONTACTS {
        return Err(ContactRefusal::TooMany);
    } else {
        let contact = Contact {
            id: None,
            phone: phone.clone(),
            name,
            created_at: moment.at,
        };
        state.contacts.push(contact.clone());
        contact
    };
    let outgoing = if renamed {
        Vec::new()
    } else {
        vec![contact_notice(stored, phone, moment.at)]
    };
    let action = if renamed {
        "contact.renamed"
    } else {
        "contact.added"
    };
    let audit = AuditEvent::new(moment.at, moment.actor, action, Subject::User(stored.id));
    let (replaces, tag) = (stored.revision, moment.seed.derived("user", 0));
    let change = UserChange {
        replaces,
        tag,
        state,
        check_in: None,
        at: moment.at,
    };
    Ok(AddContact {
        change,
        outgoing,
        audit,
        contact,
        renamed,
    })
}

/// Tells a new contact who added them and how to opt out: once for a hiker and a number, however often the contact is
/// removed and added again, since its tag is made of those two.
pub fn contact_notice(stored: &StoredUser, to: &PhoneNumber, at: Timestamp) -> Outgoing {
    let once = format!("contact notice {} {}", stored.id.get(), to.as_str());
    Outgoing::Text(OutgoingText {
        tag: Tag::from_bytes([0; 16]).derived(&once, 0),
        to: to.clone(),
        class: Class::Notice,
        words: Words::Plain(messages::contact::notice(stored.user.trail_name.as_str())),
        not_before: at,
        expires_at: at.plus(Class::Notice.life()),
        user: Some(stored.id),
    })
}

/// Decides about removing a contact; `None` if the contact is not among the hiker's.
pub fn remove_contact(
    stored: &StoredUser,
    contact: &Contact,
    moment: &Moment,
) -> Option<(UserChange, AuditEvent)> {
    let mut state = stored.user.clone();
    state.contacts.retain(|kept| kept.phone != contact.phone);
    if state.contacts.len() == stored.user.contacts.len() {
        return None;
    }
    let audit = AuditEvent::new(
        moment.at,
        moment.actor,
        "contact.removed",
        Subject::User(stored.id),
    );
    let (replaces, tag) = (stored.revision, moment.seed.derived("user", 0));
    Some((
        UserChange {
            replaces,
            tag,
            state,
            check_in: None,
            at: moment.at,
        },
        audit,
    ))
}

/// Why the web could not add a contact.
#[derive(Debug, thiserror::Error)]
pub enum AddContactError {
    /// No hiker is linked to the account.
    #[error("No phone is linked to this account.")]
    NoUser,
    /// The contact was refused.
    #[error(transparent)]
    Refused(#[from] ContactRefusal),
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why the web could not remove a contact.
#[derive(Debug, thiserror::Error)]
pub enum RemoveContactError {
    /// No hiker is linked to the account, or the hiker has no such contact.
    #[error("There is no such contact.")]
    NoContact,
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A contact as the web shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedContact {
    /// The contact, with its id.
    pub contact: Contact,
    /// Whether its number is opted out.
    pub opted_out: bool,
    /// Whether it was there before.
    pub renamed: bool,
}

impl Users {
    /// Adds or renames a contact of the hiker that is linked to `account`.
    ///
    /// # Errors
    ///
    /// [`AddContactError`]; nothing has changed then.
    pub async fn add_contact(
        &self,
        account: AccountId,
        phone: &str,
        name: ContactName,
    ) -> Result<SavedContact, AddContactError> {
        let moment = self.moment(account);
        let phone = PhoneNumber::parse(phone, self.region).map_err(ContactRefusal::Phone)?;
        until_stored("users", || async {
            let stored = self
                .store
                .by_account(account)
                .await?
                .ok_or(AddContactError::NoUser)?;
            let added = add_contact(&stored, (&phone, name.clone()), &self.textable, &moment)?;
            let save = SaveUser {
                change: added.change,
                outgoing: added.outgoing,
                audit: vec![added.audit],
            };
            let Commit::Stored(SavedUser { user, .. }) = self.store.commit(save).await? else {
                return Ok(Commit::Stale);
            };
            let opted_out = user.opted_out_contacts.contains(&phone);
            let contact = user.user.contacts.into_iter().find(|kept| kept.phone == phone);
            Ok(contact.map_or(Commit::Stale, |contact| {
                Commit::Stored(SavedContact {
                    contact,
                    opted_out,
                    renamed: added.renamed,
                })
            }))
        })
        .await
    }

    /// Removes a contact of the hiker that is linked to `account`.
    ///
    /// # Errors
    ///
    /// [`RemoveContactError`]; nothing has changed then.
    pub async fn remove_contact(&self, account: AccountId, id: ContactId) -> Result<(), RemoveContactError> {
        let moment = self.moment(account);
        until_stored("users", || async {
            let stored = self
                .store
                .by_account(account)
                .await?
                .ok_or(RemoveContactError::NoContact)?;
            let known = stored.user.contacts.iter().find(|contact| contact.id == Some(id));
            let (change, audit) = known
                .and_then(|contact| remove_contact(&stored, contact, &moment))
                .ok_or(RemoveContactError::NoContact)?;
            let save = SaveUser {
                change,
                outgoing: Vec::new(),
                audit: vec![audit],
            };
            Ok(self.store.commit(save).await?.map(drop))
        })
        .await
    }
}
