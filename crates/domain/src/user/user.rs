//! A hiker: one tenancy, which is one person's period on one number.

use std::sync::Arc;

use super::{ContactName, MessageLog, TrailName};
use crate::{
    audit::{Actor, AuditEvent},
    id::{AccountId, CheckInId, ContactId, UserId},
    moment::Moment,
    opt_out::OptOuts,
    outgoing::Outgoing,
    phone_number::{PhoneNumber, Region, TextableRegions},
    port::{Commit, PortFuture, Revision},
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
    /// When the contact was added (UTC).
    pub created_at: Timestamp,
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
}

/// A line of a hiker's history as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckIn {
    /// The store's id.
    pub id: CheckInId,
    /// The check-in itself.
    pub check_in: CheckIn,
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
    /// Who did what.
    pub audit: Vec<AuditEvent>,
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

    /// Stores a hiker's new state with its contacts and its line of history, all or nothing, and queues the texts. Answers with the hiker as
    /// it then stands. [`Commit::Stale`] when the revision has moved, when a second live hiker of the number would
    /// come to be, or when a new hiker's account is not the one that the number is linked to.
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
    /// What was texted.
    pub log: Arc<dyn MessageLog>,
    /// Who must not be texted.
    pub opt_outs: Arc<dyn OptOuts>,
    /// The routes that can be walked.
    pub routes: Arc<dyn RouteCatalogue>,
    /// Which numbers may be texted.
    pub textable: TextableRegions,
    /// How numbers without a country are read.
    pub region: Region,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where tags come from.
    pub entropy: Arc<dyn Entropy>,
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
}
