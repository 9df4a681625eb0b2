//! What a decision stores about phones, and the port that keeps it.

use super::{
    Guess, LinkPlan, LinkView, NewWords, PendingChange, SendCode, SendVerdict, TextLinkState, WordSet,
    WrongWords,
};
use crate::{
    audit::AuditEvent, id::AccountId, outgoing::Outgoing, phone_number::PhoneNumber, port::PortFuture,
    secret::Mac, time::Timestamp,
};

/// What a decision changes about one number, all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneChange {
    /// Number that the change is about.
    pub phone: PhoneNumber,
    /// When the change is made (UTC).
    pub at: Timestamp,
    /// A question asked or done with.
    pub pending: Option<PendingChange>,
    /// How often the number's words were wrong: before, and from now on.
    pub wrong: Option<(WrongWords, WrongWords)>,
    /// Links that begin and end.
    pub link: Option<LinkPlan>,
}

impl PhoneChange {
    /// Changes nothing yet.
    pub fn of(phone: PhoneNumber, at: Timestamp) -> Self {
        Self {
            phone,
            at,
            pending: None,
            wrong: None,
            link: None,
        }
    }
}

/// A change that did not come by text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavePhone {
    /// The change to store.
    pub change: PhoneChange,
    /// Mails that leave only if it is stored.
    pub outgoing: Vec<Outgoing>,
    /// Who did what.
    pub audit: Vec<AuditEvent>,
}

/// What became of a change.
#[must_use = "only a stored change happened"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneCommit {
    /// It is stored durably.
    Stored,
    /// Another writer was first; nothing was stored.
    Stale,
    /// The proof was used up, replaced or too late by then; nothing was stored.
    ProofOver,
}

/// What became of new words.
#[must_use = "only stored words can be texted"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordsVerdict {
    /// It is stored durably.
    Stored,
    /// Another account's open words are the same; nothing was stored.
    Taken,
    /// The account is gone; nothing was stored.
    Gone,
}

/// Keeps links, codes, words and what is pending. Contract: `thunderbird_testkit::contract::phone`.
pub trait PhoneStore: Send + Sync {
    /// Stores a code in place of the account's open one and queues its text, if the account is there and
    /// [`super::SendHistory::judge`] lets it; otherwise stores nothing. Of many at once, no more are sent than one after the other.
    fn send_code(&self, send: SendCode) -> PortFuture<'_, SendVerdict>;

    /// Counts a guess at the account's open code, before anybody compares it; at most [`super::MAX_GUESSES`] are.
    fn count_guess(&self, account: AccountId, at: Timestamp) -> PortFuture<'_, Guess>;

    /// Stores words in place of the account's open ones, unless the account is gone or another account's open words are
    /// the same.
    fn offer_words(&self, words: NewWords) -> PortFuture<'_, WordsVerdict>;

    /// The open words with one of these digests, unless they are too late, or their account is disabled.
    fn words(&self, macs: Vec<Mac>, at: Timestamp) -> PortFuture<'_, Option<WordSet>>;

    /// Where a number stands.
    fn text_link_state(&self, phone: &PhoneNumber, at: Timestamp) -> PortFuture<'_, TextLinkState>;

    /// The number that is linked to this account.
    fn linked(&self, account: AccountId) -> PortFuture<'_, Option<PhoneNumber>>;

    /// What a decision about this account and this number needs; `None` when the account is gone.
    fn view(&self, account: AccountId, phone: &PhoneNumber) -> PortFuture<'_, Option<LinkView>>;

    /// Stores a change, queues its mails and audits it, all or nothing.
    ///
    /// [`PhoneCommit::Stale`] when what it was decided on has changed; [`PhoneCommit::ProofOver`] when its proof is no
    /// longer good. When a link ends, the number's hiker is detached and keeps the account as its last one; when one
    /// begins, every other code and question in flight for the number ends.
    fn commit(&self, save: SavePhone) -> PortFuture<'_, PhoneCommit>;
}
