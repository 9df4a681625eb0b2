//! Whom a hiker wants told.

use std::time::Duration;

use super::{
    Contact, ContactEmailError, ContactName, ContactRefusal, MAX_CONTACTS, SaveUser, SavedUser, StoredUser,
    Trouble, User, UserChange, Users,
};
use crate::{
    audit::{AuditEvent, Subject},
    budget::{Adding, Budget},
    deadline::DeadlineChange,
    email::Email,
    id::{AccountId, ContactId, UserId},
    limit::{Limit, Quota},
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
    /// What the message is counted under.
    pub counts: Vec<Limit>,
    /// During an alarm: the promise, of which the new contact soon gets the newest alert.
    pub alarm: Option<DeadlineChange>,
    /// How long the message waits, because other hikers have named the number today.
    pub waits: Option<Duration>,
}

impl AddContact {
    /// Gives the contact an address, which the audit says, too.
    fn give(&mut self, email: &Email) {
        let phone = &self.contact.phone;
        for kept in &mut self.change.state.contacts {
            if kept.phone == *phone {
                kept.email = Some(email.clone());
            }
        }
        self.audit = self.audit.clone().with("email", "set");
    }
}

/// Decides about adding or renaming a contact. A contact whom the last text did not reach begins again, because the
/// hiker has just vouched for the number.
///
/// # Errors
///
/// [`ContactRefusal`]; nothing changes then.
pub fn add_contact(
    stored: &StoredUser,
    (phone, name): (&PhoneNumber, ContactName),
    (textable, mut budget, page): (&TextableRegions, Budget, Option<&str>),
    moment: &Moment,
) -> Result<AddContact, ContactRefusal> {
    textable.check(phone)?;
    if *phone == stored.user.phone {
        return Err(ContactRefusal::OwnNumber);
    }
    let mut state = stored.user.clone();
    let renamed = state.contact(phone).is_some();
    let in_trouble = stored.trouble(phone).is_some();
    let contact = keep(&mut state, (phone, name, in_trouble), moment)?;
    let adding = if renamed {
        Adding::KnownAlready
    } else {
        budget.add(phone, moment.at)
    };
    let outgoing = match adding {
        Adding::KnownAlready => Vec::new(),
        Adding::Notice => vec![contact_notice(stored, (phone, moment.at, page), moment)],
        Adding::Later { after } => vec![contact_notice(
            stored,
            (phone, moment.at.plus(after), page),
            moment,
        )],
        Adding::Refused { retry_after } => return Err(ContactRefusal::TooOften { retry_after }),
    };
    let waits = match adding {
        Adding::Later { after } => Some(after),
        _ => None,
    };
    let alarm = stored.alarm_joined_by(phone, moment.at);
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
        taken_back: None,
        at: moment.at,
    };
    Ok(AddContact {
        change,
        outgoing,
        audit,
        contact,
        renamed,
        counts: budget.spent(),
        alarm,
        waits,
    })
}

/// The contact as it is kept: renamed, unless the name is empty, or new.
fn keep(
    state: &mut User,
    (phone, name, in_trouble): (&PhoneNumber, ContactName, bool),
    moment: &Moment,
) -> Result<Contact, ContactRefusal> {
    if let Some(known) = state.contacts.iter_mut().find(|contact| contact.phone == *phone) {
        if !name.as_str().is_empty() {
            known.name = name;
        }
        if in_trouble {
            known.created_at = moment.at;
        }
        return Ok(known.clone());
    }
    if state.contacts.len() >= MAX_CONTACTS {
        return Err(ContactRefusal::TooMany);
    }
    let contact = Contact {
        id: None,
        phone: phone.clone(),
        name,
        created_at: moment.at,
        email: None,
    };
    state.contacts.push(contact.clone());
    Ok(contact)
}

/// How long a first notice waits for room in the day's figure: it holds a whole day (UTC), whenever that begins, and the
/// notice is sent once, so it must not be lost.
const NOTICE_WAITS: Duration = Duration::from_hours(48);

/// Tells a new contact who added them and how to opt out. The budget allows it once for two numbers, however often the
/// contact is removed and added again, and for every account that the sender's number is linked to.
fn contact_notice(
    stored: &StoredUser,
    (to, at, page): (&PhoneNumber, Timestamp, Option<&str>),
    moment: &Moment,
) -> Outgoing {
    Outgoing::Text(OutgoingText {
        tag: moment.seed.derived("contact notice", 0),
        to: to.clone(),
        class: Class::Notice,
        words: Words::Plain(messages::contact::notice(&stored.user, page)),
        not_before: at,
        expires_at: at.plus(NOTICE_WAITS),
        user: Some(stored.id),
    })
}

/// How many texts a hiker gets in a day about contacts whom a text did not reach.
pub const UNREACHED_A_DAY: Quota = Quota {
    events: 10,
    per: Duration::from_hours(24),
};

/// Seconds of a day (UTC).
const DAY: i64 = 86_400;

/// Tells the hiker that the provider refused a text, because the contact has opted out. One text a day about a contact,
/// however many were refused.
pub fn opted_out((hiker, to): (UserId, &PhoneNumber), contact: &Contact, at: Timestamp) -> Outgoing {
    let once = format!(
        "opted out {} {} {}",
        hiker.get(),
        contact.phone.as_str(),
        at.as_seconds().div_euclid(DAY)
    );
    let tag = Tag::from_bytes([0; 16]).derived(&once, 0);
    to_hiker((hiker, to), (tag, messages::contact::opted_out(contact)), at)
}

/// Tells the hiker that a text did not reach a contact. `text` names that text, so that it is told once.
pub fn unreached(
    (hiker, to): (UserId, &PhoneNumber),
    (contact, trouble): (&Contact, Trouble),
    text: &Tag,
    at: Timestamp,
) -> Outgoing {
    let words = messages::contact::unreached(contact, trouble);
    to_hiker((hiker, to), (text.derived("unreached", 0), words), at)
}

fn to_hiker((hiker, to): (UserId, &PhoneNumber), (tag, words): (Tag, String), at: Timestamp) -> Outgoing {
    Outgoing::Text(OutgoingText {
        tag,
        to: to.clone(),
        class: Class::Notice,
        words: Words::Plain(words),
        not_before: at,
        expires_at: at.plus(Class::Notice.life()),
        user: Some(hiker),
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
            taken_back: None,
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
    /// The address was refused.
    #[error(transparent)]
    Email(#[from] ContactEmailError),
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

/// What is known of a contact's number and address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactMarks {
    /// Whether the number is opted out.
    pub opted_out: bool,
    /// Whether the contact has agreed to be alerted.
    pub is_ready: bool,
    /// Whether the owner of the address has stopped our mails.
    pub mails_stopped: bool,
}

impl ContactMarks {
    /// What is known of this contact of a hiker.
    pub fn of(stored: &StoredUser, phone: &PhoneNumber) -> Self {
        Self {
            opted_out: stored.opted_out_contacts.contains(phone),
            is_ready: stored.is_ready(phone),
            mails_stopped: stored.stopped_mails.contains(phone),
        }
    }
}

/// A contact as the web shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedContact {
    /// The contact, with its id.
    pub contact: Contact,
    /// What is known of its number and its address.
    pub marks: ContactMarks,
    /// Why the last text to it did not arrive.
    pub trouble: Option<Trouble>,
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
        (phone, name): (&str, ContactName),
        email: Option<Email>,
    ) -> Result<SavedContact, AddContactError> {
        let moment = self.moment(account);
        let phone = PhoneNumber::parse(phone, self.region).map_err(ContactRefusal::Phone)?;
        until_stored("users", || async {
            let stored = self
                .store
                .by_account(account)
                .await?
                .ok_or(AddContactError::NoUser)?;
            let owner = (&stored.user.phone, stored.user.account);
            let budget = self.budgets.of(owner, [&phone]).await?;
            let rules = (&self.textable, budget, self.contacts_page.as_deref());
            let mut added = add_contact(&stored, (&phone, name.clone()), rules, &moment)?;
            if let Some(email) = &email
                && stored.user.contact(&phone).and_then(|known| known.email.as_ref()) != Some(email)
            {
                let given = self.given(&stored.user.phone, email, moment.at).await?;
                added.counts.extend(given);
                added.give(email);
            }
            let save = SaveUser {
                change: added.change,
                outgoing: added.outgoing,
                counts: added.counts,
                audit: vec![added.audit],
                deadlines: added.alarm.into_iter().collect(),
            };
            let Commit::Stored(SavedUser { user, .. }) = self.store.commit(save).await? else {
                return Ok(Commit::Stale);
            };
            let marks = ContactMarks::of(&user, &phone);
            let contact = user.user.contacts.into_iter().find(|kept| kept.phone == phone);
            Ok(contact.map_or(Commit::Stale, |contact| {
                Commit::Stored(SavedContact {
                    contact,
                    marks,
                    trouble: None,
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
                counts: Vec::new(),
                audit: vec![audit],
                deadlines: Vec::new(),
            };
            Ok(self.store.commit(save).await?.map(drop))
        })
        .await
    }
}
