//! What a number has started by text, and how often its words were wrong.

use std::time::Duration;

use crate::{
    audit::AuditEvent,
    email::Email,
    id::AccountId,
    limit::{Counter, LimitKey},
    phone_number::PhoneNumber,
    random::Tag,
    secret::{Mac, MacPurpose, Macs, same_bytes},
    time::Timestamp,
};

use super::Word;

/// How long the three words of LINK are good for: texts over satellite are stored and forwarded.
pub const WORDS_LIFE: Duration = Duration::from_hours(24);

/// How long CONFIRM may follow LINK or UNLINK.
pub const PENDING_LIFE: Duration = Duration::from_mins(10);

/// Wrong words that a number may text within [`SILENCE`] before it is met with silence.
pub const MAX_WRONG_WORDS: u32 = 5;

/// How long LINK, UNLINK and CONFIRM are then met with silence.
pub const SILENCE: Duration = Duration::from_hours(1);

/// Three words to store, in place of the account's open ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWords {
    /// Names the set.
    pub tag: Tag,
    /// Whose page shows them.
    pub account: AccountId,
    /// What is stored of them.
    pub mac: Mac,
    /// When they were made.
    pub at: Timestamp,
    /// When they are no longer good.
    pub expires_at: Timestamp,
    /// Who did what.
    pub audit: Vec<AuditEvent>,
}

/// An open set of words, found by what was texted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordSet {
    /// Names the set.
    pub tag: Tag,
    /// Whose page shows them.
    pub account: AccountId,
    /// The account's address, to be masked before anybody sees it.
    pub email: Email,
}

/// What CONFIRM and the right word complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingAction {
    /// The number is linked to the account whose words were texted.
    Link {
        /// Account that the link would belong to.
        account: AccountId,
        /// The set of words; it must still be open.
        words: Tag,
    },
    /// The number is detached from its account.
    Unlink {
        /// Account that the link belongs to.
        account: AccountId,
    },
}

/// What a number was asked to confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Names it; its digest is bound to it.
    pub tag: Tag,
    /// What the word completes.
    pub action: PendingAction,
    /// What is stored of the word.
    pub mac: Mac,
    /// When the question was asked.
    pub at: Timestamp,
    /// When it is too late to confirm.
    pub expires_at: Timestamp,
}

impl Pending {
    /// What is stored of a word: bound to purpose, number and question.
    pub fn mac_of(word: Word, macs: &dyn Macs, phone: &PhoneNumber, tag: Tag) -> Mac {
        macs.mac(
            MacPurpose::ConfirmWord,
            &[
                phone.as_str().as_bytes(),
                tag.as_bytes(),
                word.expose().as_bytes(),
            ],
        )
    }

    /// Whether this is the word that was asked for. A digest under a key that is gone matches nothing.
    pub fn is(&self, word: Word, macs: &dyn Macs, phone: &PhoneNumber) -> bool {
        let parts = [
            phone.as_str().as_bytes(),
            self.tag.as_bytes(),
            word.expose().as_bytes(),
        ];
        macs.mac_with(&self.mac.key_id, MacPurpose::ConfirmWord, &parts)
            .is_some_and(|mac| same_bytes(&mac.bytes, &self.mac.bytes))
    }
}

/// How often a number's words were wrong: nothing, or a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WrongWords(pub Option<Counter>);

impl WrongWords {
    /// Whether the number is met with silence.
    pub fn silences(self, now: Timestamp) -> bool {
        self.0
            .is_some_and(|counter| counter.events >= MAX_WRONG_WORDS && counter.last.plus(SILENCE) > now)
    }

    /// The count after one more wrong word. The last one that is allowed starts the lockout.
    #[must_use]
    pub fn and_one_more(self, now: Timestamp) -> Self {
        let counts =
            |counter: &Counter| counter.events < MAX_WRONG_WORDS && counter.since.plus(SILENCE) > now;
        let (events, since) = match self.0.filter(counts) {
            Some(counter) => (counter.events, counter.since),
            None => (0, now),
        };
        Self(Some(Counter {
            events: events.saturating_add(1),
            since,
            last: now,
        }))
    }

    /// What is counted, in the store's counters.
    pub fn key(phone: &PhoneNumber) -> LimitKey {
        LimitKey::new("phone.wrong_words", phone.as_str().as_bytes())
    }

    /// From when on a counter may be forgotten.
    pub fn forget_at(counter: Counter) -> Timestamp {
        counter.last.plus(SILENCE)
    }
}

/// Where a number stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextLinkState {
    /// The newest question that is open and not expired.
    pub pending: Option<Pending>,
    /// How often its words were wrong.
    pub wrong: WrongWords,
}

/// A question asked or done with. The number's open question, if any, ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingChange {
    /// The question that the decision was made on; stale when another is open.
    pub replaces: Option<Tag>,
    /// The question that is open afterwards.
    pub state: Option<Pending>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn after(count: u32, gap: Duration) -> WrongWords {
        (0..count).fold(WrongWords::default(), |wrong, nth| {
            wrong.and_one_more(NOON.plus(gap * nth))
        })
    }

    #[test]
    fn the_fifth_wrong_word_within_an_hour_begins_an_hour_of_silence() {
        assert!(!after(4, Duration::from_mins(1)).silences(NOON.plus(Duration::from_mins(5))));
        let fifth = NOON.plus(Duration::from_mins(4));
        let wrong = after(5, Duration::from_mins(1));
        assert!(wrong.silences(fifth));
        assert!(wrong.silences(fifth.plus(SILENCE).minus(Duration::from_secs(1))));
        assert!(!wrong.silences(fifth.plus(SILENCE)));
        assert_eq!(wrong.and_one_more(fifth.plus(SILENCE)).0.unwrap().events, 1);
    }

    #[test]
    fn wrong_words_of_another_hour_are_forgotten() {
        let wrong = after(4, Duration::from_secs(1)).and_one_more(NOON.plus(SILENCE));
        assert_eq!(wrong.0.unwrap().events, 1);
    }
}
