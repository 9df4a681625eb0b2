//! A hiker: one tenancy, which is one person's period on one number.

use std::sync::Arc;

use super::{CheckInNotice, ContactName, MAX_CONTACTS, MessageLog, TrailName, Trouble};
use crate::{
    audit::{Actor, AuditEvent},
    budget::Budgets,
    deadline::{DeadlineChange, DeadlineStore, StoredDeadline, counts},
    email::Email,
    forecast::Forecasts,
    id::{AccountId, CheckInId, ContactId, UserId},
    limit::Limit,
    moment::Moment,
    opt_out::OptOuts,
    outbox::state::{Ended, SendState},
    outgoing::{Outgoing, OutgoingText},
    phone_number::{PhoneNumber, Region, TextableRegions},
    port::{Commit, Fault, PortFuture, Revision},
    random::{Entropy, Tag},
    route::{RouteCatalogue, RouteId},
    time::{Clock, Timestamp},
};

/// Where a hiker last checked in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The camp's code on the hiker's route.
    pub code: String,
    /// When the check-in was announced.
    pub at: Timestamp,
}

/// A person whom the hiker wants told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The store's id; `None` until it is stored.
    pub id: Option<ContactId>,
    /// The contact's number, one contact a number.
    pub phone: PhoneNumber,
    /// What the hiker calls them.
    pub name: ContactName,
    /// When the contact was added (UTC); added again after a text failed, it begins again.
    pub created_at: Timestamp,
    /// The address that the hiker has given, if it can be read. It was not shown that it is the contact's.
    pub email: Option<Email>,
}

/// A hiker as a decision sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The number that the hiker texts from.
    pub phone: PhoneNumber,
    /// What the hiker is called.
    pub trail_name: TrailName,
    /// The route; one that the catalogue no longer has is kept as it is.
    pub route: RouteId,
    /// The last check-in; none since the route was chosen.
    pub position: Option<Position>,
    /// Whom to tell, in the order they were added.
    pub contacts: Vec<Contact>,
    /// The account that the number is linked to: always the live phone link's.
    pub account: Option<AccountId>,
    /// When this person began on this number.
    pub started_at: Timestamp,
    /// Whether the first text to a new contact gives the whole number, because the hiker agreed to it on the web; if
    /// not, some of its digits are hidden.
    pub shows_number: bool,
}

impl User {
    /// The contact with this number.
    pub fn contact(&self, phone: &PhoneNumber) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.phone == *phone)
    }
}

/// A hiker as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredUser {
    /// The store's id.
    pub id: UserId,
    /// Which state this is.
    pub revision: Revision,
    /// The hiker's state.
    pub user: User,
    /// Those of the contacts' numbers that are opted out.
    pub opted_out_contacts: Vec<PhoneNumber>,
    /// Those of the contacts' numbers that have agreed to be alerted.
    pub ready_contacts: Vec<PhoneNumber>,
    /// Those of the contacts' numbers whose address gets no mails, because its owner stopped them.
    pub stopped_mails: Vec<PhoneNumber>,
    /// The newest promise to be out by a time, open or closed.
    pub deadline: Option<StoredDeadline>,
    /// The newest call for help, open or closed.
    pub call: Option<StoredDeadline>,
    /// Those of the contacts' numbers that the last text did not reach, and why.
    pub troubles: Vec<(PhoneNumber, Trouble)>,
}

impl StoredUser {
    /// Why the last text to this number, of those whose fate is known, did not arrive.
    pub fn trouble(&self, phone: &PhoneNumber) -> Option<Trouble> {
        let mut troubles = self.troubles.iter();
        troubles
            .find(|(troubled, _)| troubled == phone)
            .map(|(_, trouble)| *trouble)
    }

    /// Why a contact is not reached, in words: the opt-out, or what became of the last text.
    pub fn unreached(&self, contact: &Contact) -> Option<&'static str> {
        if self.opted_out_contacts.contains(&contact.phone) {
            return Some("opted out");
        }
        self.trouble(&contact.phone).map(Trouble::words)
    }

    /// Whether the contact has agreed to be alerted.
    pub fn is_ready(&self, contact: &PhoneNumber) -> bool {
        self.ready_contacts.contains(contact)
    }
}

/// Where a check-in came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckInSource {
    /// The text CHECKIN.
    Sms,
    /// The linked account's web client.
    Web,
    /// Taken over from the Python version.
    Adopted,
}

crate::word::word_enum!(CheckInSource {
    Sms => "sms",
    Web => "web",
    Adopted => "adopted",
});

/// A line of a hiker's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// Names the row before it has an id.
    pub tag: Tag,
    /// The route it was on.
    pub route: RouteId,
    /// The camp's code.
    pub camp_code: String,
    /// The camp's name at that time.
    pub camp_name: String,
    /// How it was made.
    pub source: CheckInSource,
    /// When the check-in was made (UTC).
    pub at: Timestamp,
    /// How many contacts a message was queued for.
    pub contacts_told: u32,
    /// Where the hiker was before; UNDO takes them back there.
    pub before: Option<Position>,
    /// When it was taken back; it is history from then on.
    pub taken_back_at: Option<Timestamp>,
}

/// A line of a hiker's history as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckIn {
    /// The store's id.
    pub id: CheckInId,
    /// The check-in itself.
    pub check_in: CheckIn,
    /// The contacts' texts, as far as they are still kept. Those of a check-in that an earlier version stored are not
    /// known.
    pub notices: Vec<CheckInNotice>,
}

impl CheckIn {
    /// Names the text to one of the contacts: this is how it is found again.
    pub fn notice_tag(tag: &Tag, place: usize) -> Tag {
        tag.derived("check-in notice", place)
    }

    /// Names the texts to the contacts.
    pub fn notice_tags(&self) -> impl Iterator<Item = Tag> {
        let told = usize::try_from(self.contacts_told).unwrap_or(0).min(MAX_CONTACTS);
        (0..told).map(|place| Self::notice_tag(&self.tag, place))
    }
}

/// Check-ins that are taken back, with what contacts receive about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeBack {
    /// The check-ins; if one of them has been taken back before, the change is stale.
    pub check_ins: Vec<CheckInId>,
    /// One correction for each text of these check-ins.
    pub corrections: Vec<Correction>,
    /// What a text says now that waits for later, because a limit was reached, and was not tried yet. It was about the
    /// newest check-in, which is wrong, and is about the one that stands now; `None` if no check-in stands, so that
    /// the text is withheld.
    pub instead: Option<String>,
}

/// What corrects the text of a check-in. The store decides, in the commit, by what has become of that text: if it waits
/// and certainly was never sent, it ends as withheld; if it ended unsent, nothing happens; otherwise the correction is
/// queued behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The text that was wrong.
    pub notice: Tag,
    /// What corrects it.
    pub text: OutgoingText,
}

impl Correction {
    /// What to do about a wrong text in this state, of which so many attempts had an unknown result.
    pub const fn fits(state: SendState, ambiguous: u32) -> Fit {
        match state {
            SendState::Queued if ambiguous == 0 => Fit::Withdraw,
            SendState::Ended(Ended::Failed | Ended::Expired | Ended::Withheld) if ambiguous == 0 => {
                Fit::Nothing
            }
            _ => Fit::Correct,
        }
    }
}

/// What a wrong text needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It was not sent and never will be.
    Withdraw,
    /// It ended without being sent.
    Nothing,
    /// It may have been read.
    Correct,
}

/// A hiker's new state, and the line of history that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserChange {
    /// The state that the decision was made on; [`Revision::Absent`] registers a hiker.
    pub replaces: Revision,
    /// Names a new hiker's row before it has an id.
    pub tag: Tag,
    /// What shall stand there afterwards, contacts and all.
    pub state: User,
    /// A check-in to add to the history.
    pub check_in: Option<CheckIn>,
    /// Check-ins of the history that are taken back.
    pub taken_back: Option<TakeBack>,
    /// When the change was decided.
    pub at: Timestamp,
}

/// A change that did not come by text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveUser {
    /// The change to store.
    pub change: UserChange,
    /// Texts that leave only if it is stored.
    pub outgoing: Vec<Outgoing>,
    /// What is counted with it.
    pub counts: Vec<Limit>,
    /// Who did what.
    pub audit: Vec<AuditEvent>,
    /// A promise that the change closes.
    pub deadlines: Vec<DeadlineChange>,
}

/// What a store answers to a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedUser {
    /// The hiker as it now stands.
    pub user: Box<StoredUser>,
    /// The id of the line of history that was added.
    pub check_in: Option<CheckInId>,
}

/// Hikers, where they have been, and whom they want told.
pub trait UserStore: Send + Sync {
    /// The hiker of this number whose tenancy has not ended.
    fn by_phone(&self, phone: &PhoneNumber) -> PortFuture<'_, Option<StoredUser>>;

    /// The hiker whose number is linked to this account.
    fn by_account(&self, account: AccountId) -> PortFuture<'_, Option<StoredUser>>;

    /// Stores a hiker's new state with its contacts and its line of history, all or nothing, queues the texts and counts
    /// what is to be counted. Answers with the hiker as it then stands. [`Commit::Stale`] when the revision has moved,
    /// when a second live hiker of the number would come to be, when a new hiker's account is not the one that the
    /// number is linked to, or when one of the limits refuses what would be counted.
    fn commit(&self, save: SaveUser) -> PortFuture<'_, Commit<SavedUser>>;

    /// A hiker's newest check-ins with an id below `before`, newest first, at most `limit`.
    fn check_ins(
        &self,
        user: UserId,
        before: Option<CheckInId>,
        limit: u32,
    ) -> PortFuture<'_, Vec<StoredCheckIn>>;
}

/// What hikers can do from the web: the same decisions that a text leads to.
#[derive(Clone)]
pub struct Users {
    /// Where hikers are kept.
    pub store: Arc<dyn UserStore>,
    /// Where promises are kept.
    pub deadlines: Arc<dyn DeadlineStore>,
    /// What was texted.
    pub log: Arc<dyn MessageLog>,
    /// Who must not be texted.
    pub opt_outs: Arc<dyn OptOuts>,
    /// The routes that can be walked.
    pub routes: Arc<dyn RouteCatalogue>,
    /// Which numbers may be texted.
    pub textable: TextableRegions,
    /// The address of the page for contacts, if strangers can open it.
    pub contacts_page: Option<String>,
    /// How numbers without a country are read.
    pub region: Region,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where tags come from.
    pub entropy: Arc<dyn Entropy>,
    /// What hikers may make us text to others.
    pub budgets: Budgets,
    /// Forecasts, if an operator has named a provider.
    pub forecasts: Option<Arc<Forecasts>>,
}

impl Users {
    /// The present, with the account as the one who acts.
    pub(super) fn moment(&self, account: AccountId) -> Moment {
        Moment {
            at: self.clock.now(),
            seed: Tag::draw(&*self.entropy),
            actor: Actor::Account(account),
        }
    }

    /// Stores a change that may set or close a promise, and counts what it means.
    pub(super) async fn commit_promise(&self, save: SaveUser) -> Result<Commit<SavedUser>, Fault> {
        let events = counts::events(&save.deadlines, save.change.at);
        let saved = self.store.commit(save).await?;
        if matches!(saved, Commit::Stored(_)) {
            counts::count(events);
        }
        Ok(saved)
    }
}
