//! LINK and three words: opens a pending link only, since the sender of a text can be forged and a victim can be
//! talked into texting somebody's words. The answer names the account and asks for one word more.

use std::time::Duration;

use super::{
    CODE_LIFE, Code, LinkWords, PENDING_LIFE, PendingAction, PendingChange, PhoneChange, Phones,
    TextLinkState, WORDS_LIFE, Word,
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::{AccountId, UserId},
    messages::phone as messages,
    opt_out::Answering,
    outgoing::Outgoing,
    phone_number::PhoneNumber,
    port::Fault,
    refusals,
    time::Timestamp,
};

/// Who texted LINK, UNLINK or CONFIRM.
#[derive(Debug, Clone, Copy)]
pub struct TextedBy<'a> {
    /// The number, as far as a carrier can tell.
    pub phone: &'a PhoneNumber,
    /// Its hiker, if registered.
    pub user: Option<UserId>,
    /// The account that it is linked to.
    pub linked: Option<AccountId>,
    /// Whether the answer is given; if not, what needs an answer to go on has no effect.
    pub answering: Answering,
    /// When the text was received (UTC).
    pub at: Timestamp,
}

impl TextedBy<'_> {
    pub(super) fn actor(&self) -> Actor {
        self.user.map_or(Actor::Anonymous, Actor::User)
    }

    /// Whether the text stays without an answer, because answers are withheld or because of wrong words.
    pub(super) fn is_silenced(&self, state: &TextLinkState) -> bool {
        self.has_guessed_too_often(state) || self.answering != Answering::Yes
    }

    /// Whether too many words were wrong.
    fn has_guessed_too_often(&self, state: &TextLinkState) -> bool {
        let silences = state.wrong.silences(self.at);
        if silences {
            refusals::count("phone.wrong_words");
        }
        silences
    }
}

/// What is answered to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextReply {
    /// What it says.
    pub text: String,
    /// Until when it carries a secret and must be stored sealed; `None` when it carries none.
    pub secret_until: Option<Timestamp>,
}

/// What a text causes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextAnswer {
    /// The answer; `None` for silence.
    pub reply: Option<TextReply>,
    /// What changes, in the text's own commit.
    pub change: Option<PhoneChange>,
    /// Mails that leave with it.
    pub outgoing: Vec<Outgoing>,
    /// Who did what.
    pub audit: Vec<AuditEvent>,
}

impl TextAnswer {
    /// Nothing happens, and nothing is said.
    pub(crate) fn silence() -> Self {
        Self {
            reply: None,
            change: None,
            outgoing: Vec::new(),
            audit: Vec::new(),
        }
    }

    /// Nothing happens but that this is said.
    pub(super) fn saying(text: impl Into<String>) -> Self {
        Self {
            reply: Some(TextReply {
                text: text.into(),
                secret_until: None,
            }),
            ..Self::silence()
        }
    }
}

/// Most words of a text in which a forgotten or misplaced command's word is looked for.
const SHORT: usize = 4;

/// How long a text (normalized) is to be stored sealed: for as long as a code or a word that it may carry could be
/// good. Also when the command's word was forgotten.
///
/// What is sealed is shown to nobody and erased in the end, so prose is not: somebody who is stuck between river,
/// summit and snow, or gives six digits of a grid reference, must be readable tomorrow.
pub fn secret_life(normalized: &str) -> Option<Duration> {
    let texted: Vec<&str> = normalized.split_ascii_whitespace().collect();
    let says = |word: &str| texted.contains(&word);
    let is_short = texted.len() <= SHORT;
    let listed = texted.iter().filter(|word| Word::parse(word).is_some()).count();
    let has_code = || texted.iter().any(|word| Code::parse(word).is_some());
    if texted.first() == Some(&"LINK") || (is_short && (says("LINK") || listed >= 3)) {
        Some(WORDS_LIFE)
    } else if is_short && (says("CONFIRM") || (listed == 1 && texted.len() == 1)) {
        Some(PENDING_LIFE)
    } else if Code::parse(normalized).is_some() || (says("CODE") && has_code()) {
        Some(CODE_LIFE)
    } else {
        None
    }
}

impl Phones {
    /// LINK: opens a pending link to the account whose words these are, in place of the number's open question.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn start_by_text(&self, by: &TextedBy<'_>, texted: &[String]) -> Result<TextAnswer, Fault> {
        let state = self.store.text_link_state(by.phone, by.at).await?;
        if by.is_silenced(&state) {
            return Ok(TextAnswer::silence());
        }
        if texted.len() != 3 {
            return Ok(TextAnswer::saying(messages::LINK_USAGE));
        }
        let found = match LinkWords::parse(texted) {
            Some(words) => self.store.words(words.macs(&*self.macs), by.at).await?,
            None => None,
        };
        let Some(set) = found else {
            return Ok(wrong_word(by, &state, messages::WORDS_UNKNOWN));
        };
        let word = Word::draw(&*self.entropy);
        let action = PendingAction::Link {
            account: set.account,
            words: set.tag,
        };
        let pending = self.question(by, action, word);
        let reply = TextReply {
            text: messages::link_asked(&set.email.masked(), word.expose()),
            secret_until: Some(pending.expires_at),
        };
        let mut change = PhoneChange::of(by.phone.clone(), by.at);
        change.pending = Some(PendingChange {
            replaces: state.pending.map(|open| open.tag),
            state: Some(pending),
        });
        let opened = AuditEvent::new(
            by.at,
            by.actor(),
            "phone.link_opened",
            Subject::Account(set.account),
        );
        Ok(TextAnswer {
            reply: Some(reply),
            change: Some(change),
            outgoing: Vec::new(),
            audit: vec![opened],
        })
    }
}

impl Phones {
    /// Whether the number's guesses at words are not looked at for a while, because too many were wrong.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn is_silenced(&self, by: &TextedBy<'_>) -> Result<bool, Fault> {
        let state = self.store.text_link_state(by.phone, by.at).await?;
        Ok(by.has_guessed_too_often(&state))
    }

    /// Counts trip words that no promise has.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn wrong_trip_words(&self, by: &TextedBy<'_>) -> Result<TextAnswer, Fault> {
        let state = self.store.text_link_state(by.phone, by.at).await?;
        Ok(wrong_word(by, &state, crate::messages::deadline::UNKNOWN_WORDS))
    }
}

/// Records one wrong word. The last one that is allowed cancels the open question and starts the lockout.
pub(super) fn wrong_word(by: &TextedBy<'_>, state: &TextLinkState, says: &str) -> TextAnswer {
    let wrong = state.wrong.and_one_more(by.at);
    let mut change = PhoneChange::of(by.phone.clone(), by.at);
    change.wrong = Some((state.wrong, wrong));
    let mut answer = TextAnswer::saying(says);
    if wrong.silences(by.at) {
        change.pending = state.pending.as_ref().map(|open| PendingChange {
            replaces: Some(open.tag),
            state: None,
        });
        let subject = by.user.map_or(Subject::Service, Subject::User);
        answer = TextAnswer::saying(messages::SILENCED);
        answer.audit = vec![AuditEvent::new(by.at, by.actor(), "phone.silenced", subject)];
    }
    answer.change = Some(change);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_sealed_and_prose_is_not() {
        for (text, life) in [
            ("LINK KNITTING MAINLAND ORNAMENT", Some(WORDS_LIFE)),
            ("LINK KNITTING MAINLAND ORNAMENT THANKS A LOT", Some(WORDS_LIFE)),
            ("KNITTING MAINLAND ORNAMENT", Some(WORDS_LIFE)),
            ("PLEASE KNITTING MAINLAND ORNAMENT", Some(WORDS_LIFE)),
            ("CONFIRM GOSHAWK", Some(PENDING_LIFE)),
            ("PLEASE CONFIRM GOSHAWK", Some(PENDING_LIFE)),
            ("GOSHAWK", Some(PENDING_LIFE)),
            ("482913", Some(CODE_LIFE)),
            ("482 913", Some(CODE_LIFE)),
            ("MY CODE IS 482913", Some(CODE_LIFE)),
            (
                "THUNDERBIRD CODE 482913 IT LINKS THIS PHONE TO A WEB ACCOUNT",
                Some(CODE_LIFE),
            ),
            ("STUCK BETWEEN RIVER AND SUMMIT SNOW STORM NEED RESCUE", None),
            ("LEG BROKEN AT GRID 482913 NEED HELP", None),
            ("GR 482913", None),
            ("PLEASE CONFIRM THAT THE HELICOPTER IS COMING", None),
            ("THE WEAK LINK IN THE BRIDGE BROKE", None),
            ("HELP", None),
            ("", None),
        ] {
            assert_eq!(secret_life(text), life, "{text}");
        }
    }
}
