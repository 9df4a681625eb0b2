//! The port of promises, and what it stores.

use super::{
    alarm_mail::{AlarmMail, MailedEnd},
    promise::{Deadline, Kind},
    survey::{CLAIMED_WITHIN, Survey},
    trip_words::TripWords,
};
use crate::{
    audit::AuditEvent,
    email::Email,
    id::{ContactId, DeadlineId, UserId},
    limit::Limit,
    opt_out::StopWord,
    outgoing::{Outgoing, OutgoingCall, OutgoingText},
    phone_number::PhoneNumber,
    port::{Commit, PortFuture, Revision},
    route::RouteId,
    time::Timestamp,
};

/// A promise as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDeadline {
    /// The store's id.
    pub id: DeadlineId,
    /// Which state this is.
    pub revision: Revision,
    /// The promise itself.
    pub deadline: Deadline,
}

/// A contact as the watch sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watcher {
    /// The store's id of the contact; `None` until it is stored.
    pub id: Option<ContactId>,
    /// The contact's number.
    pub phone: PhoneNumber,
    /// What the hiker calls them; can be empty.
    pub name: String,
    /// Whether the number is opted out.
    pub opted_out: bool,
    /// Whether the contact has agreed to be alerted.
    pub is_ready: bool,
    /// The contact's e-mail address, if the hiker has given one that can be read and its owner has not stopped our mails.
    pub email: Option<Email>,
}

impl Watcher {
    /// The name, or the masked number.
    pub fn called(&self) -> String {
        if self.name.is_empty() {
            self.phone.masked()
        } else {
            self.name.clone()
        }
    }
}

/// A hiker's last check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastCheckIn {
    /// The camp's name.
    pub camp: String,
    /// The route it was on.
    pub route: RouteId,
    /// When it was (UTC).
    pub at: Timestamp,
}

/// How a hiker's number opted out of our texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// When it did (UTC).
    pub at: Timestamp,
    /// The word that it texted; `None` if an operator or the carrier recorded it, or if the text is erased.
    pub word: Option<StopWord>,
}

/// A hiker as the watch sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hiker {
    /// What the hiker is called.
    pub trail_name: String,
    /// Whom the hiker wants told, in the order they were added.
    pub contacts: Vec<Watcher>,
    /// The last check-in of this hiker on any route.
    pub last_check_in: Option<LastCheckIn>,
    /// When the newest text of the hiker's own number was texted, whatever it said. It is no check-in.
    pub last_heard: Option<Timestamp>,
    /// How the hiker's own number opted out of our texts, if it did.
    pub stopped: Option<Stopped>,
    /// Whether the hiker's time on the number has ended.
    pub has_ended: bool,
}

impl Hiker {
    /// When the hiker's phone last texted us, if that is newer than the last check-in and is not the text that stopped
    /// our texts, for which there is a sentence of its own.
    pub fn heard_since_check_in(&self) -> Option<Timestamp> {
        let heard = self.last_heard?;
        let is_newer = self.last_check_in.as_ref().is_none_or(|last| last.at < heard);
        let is_stop = self.stopped.is_some_and(|stopped| stopped.at == heard);
        (is_newer && !is_stop).then_some(heard)
    }
}

/// A promise or a call for help, with the hiker whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The promise as stored.
    pub stored: StoredDeadline,
    /// Who made it.
    pub hiker: Hiker,
    /// What else of the hiker is open: of a promise the call for help, of a call the promise.
    pub beside: Option<Box<StoredDeadline>>,
}

impl Watched {
    /// When the hiker promised to be out, if a time is set.
    pub fn promised(&self) -> Option<Timestamp> {
        let beside = self.beside.as_ref().map(|beside| &beside.deadline);
        let mut both = [Some(&self.stored.deadline), beside].into_iter().flatten();
        both.find(|deadline| deadline.kind == Kind::Out)
            .map(|promise| promise.due_at)
    }
}

impl Watched {
    /// Whether no contact can be reached: there is none, or all have opted out.
    pub fn lacks_contact(&self) -> bool {
        self.hiker.contacts.iter().all(|contact| contact.opted_out)
    }

    /// Whether no contact deals with the alarm although it has been open for an hour.
    pub fn is_unclaimed(&self, now: Timestamp) -> bool {
        let alarm = self.stored.deadline.alarm.as_ref();
        self.stored.deadline.is_open()
            && alarm
                .is_some_and(|alarm| alarm.acting.is_none() && alarm.opened_at.plus(CLAIMED_WITHIN) <= now)
    }
}

/// A new promise or a new state of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineChange {
    /// The state that the decision was made on; `None` for a new promise.
    pub replaces: Option<(DeadlineId, Revision)>,
    /// What shall stand there afterwards.
    pub state: Deadline,
    /// Texts about the promise. They are sent only while it is open.
    pub texts: Vec<OutgoingText>,
    /// Texts that end the alarm: one for each alerted contact. They are queued only for contacts who have a text of the
    /// alarm that is not withheld in this commit.
    pub stand_downs: Vec<OutgoingText>,
    /// What alerted contacts read instead who get no stand-down, because no alert has left to them.
    pub closings: Vec<OutgoingText>,
    /// Calls to contacts who do not answer an alert. They are placed only while the promise is open and no contact deals
    /// with its alarm.
    pub calls: Vec<OutgoingCall>,
    /// Mails next to the texts of an alert. They are sent only while the promise is open.
    pub mails: Vec<AlarmMail>,
    /// The mail that ends the alarm, for each address that has a mail of the alarm which is not withheld in this commit.
    pub mailed_end: Option<MailedEnd>,
}

impl DeadlineChange {
    /// A new state of a promise, without a text and without a call.
    pub fn of(stored: &StoredDeadline, state: Deadline) -> Self {
        Self {
            replaces: Some((stored.id, stored.revision)),
            state,
            texts: Vec::new(),
            stand_downs: Vec::new(),
            closings: Vec::new(),
            calls: Vec::new(),
            mails: Vec::new(),
            mailed_end: None,
        }
    }
}

/// A change that did not come by text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveDeadline {
    /// The change to store.
    pub change: DeadlineChange,
    /// Other texts, which leave only if it is stored.
    pub outgoing: Vec<Outgoing>,
    /// What is counted with it.
    pub counts: Vec<Limit>,
    /// Who did what.
    pub audit: Vec<AuditEvent>,
    /// When the change was decided.
    pub at: Timestamp,
}

/// What is due, as far as it can be read.
#[derive(Debug, Default)]
pub struct DueDeadlines {
    /// The promises to look at.
    pub watched: Vec<Watched>,
    /// Those that cannot be read, each with the reason: they keep no other promise from being watched.
    pub unreadable: Vec<(DeadlineId, String)>,
}

/// Promises and their stages. Contract: `thunderbird_testkit::contract::deadline`.
///
/// A hiker has at most one open promise and one open call for help. While the call is open the promise rests, and its stages
/// are not due. In the commit that closes a promise, its waiting texts,
/// calls and mails end as withheld, and after it no lease hands one of them out. A contact with an alert or a call of the
/// alarm that is not withheld is stood down, and so is each address with a mail of the alarm that is not.
pub trait DeadlineStore: Send + Sync {
    /// Open promises and calls of which a stage is due at `now`: those in alarm first, then those whose hikers are asked, then the
    /// others, each part the oldest first. After them open promises of hikers whose time on the number has ended. At most
    /// `limit` of each that can be read; those that cannot be read take no place.
    fn due(&self, now: Timestamp, limit: u32) -> PortFuture<'_, DueDeadlines>;

    /// The promise with these words: the open one, or the newest of those that were closed after `since`. Nothing if two
    /// open ones have the same words, because no text may close the wrong one.
    fn by_words(&self, words: TripWords, since: Timestamp) -> PortFuture<'_, Option<Watched>>;

    /// A hiker's promises, without calls for help, with an id below `before`, open and closed, newest first; at most `limit`.
    fn of_user(
        &self,
        user: UserId,
        before: Option<DeadlineId>,
        limit: u32,
    ) -> PortFuture<'_, Vec<StoredDeadline>>;

    /// When the earliest stage of all open promises is due, also of those that cannot be read.
    fn next_due(&self) -> PortFuture<'_, Option<Timestamp>>;

    /// The open promises in whose alarm no contact was reached: see [`OpenAlarm::is_unreached`](super::OpenAlarm). It reads
    /// the open alarms only, so that everybody may ask for it.
    fn unreached(&self, now: Timestamp) -> PortFuture<'_, Vec<DeadlineId>>;

    /// What is to be known about all open promises at once. It reads each of them, so it is asked every few seconds at
    /// most.
    fn survey(&self, now: Timestamp) -> PortFuture<'_, Survey>;

    /// Stores a change with everything it queues, all or nothing, and counts what is to be counted. [`Commit::Stale`] when
    /// the revision has moved, when a second open promise of the hiker would come to be, or when a limit refuses.
    fn save(&self, save: SaveDeadline) -> PortFuture<'_, Commit>;
}
