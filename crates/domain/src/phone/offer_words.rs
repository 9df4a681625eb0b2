//! The web account gets three words to text from the phone. We send no SMS here, so this cannot be used for SMS-pumping
//! fraud.

use super::{LinkWords, NewWords, Phones, WORDS_LIFE, WordsVerdict};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::AccountId,
    phone_number::PhoneNumber,
    port::{Commit, Fault, until_stored},
    random::Tag,
    secret::Secret,
    time::Timestamp,
};

/// What the hiker has to text, and where.
#[derive(Debug, Clone)]
pub struct WordsOffered {
    /// "LINK" and three words.
    pub text: Secret<String>,
    /// A number of ours.
    pub to: PhoneNumber,
    /// When the words are no longer good.
    pub expires_at: Timestamp,
}

/// Why no words were offered.
#[derive(Debug, thiserror::Error)]
pub enum OfferWordsError {
    /// The account is gone.
    #[error("the account is gone")]
    Gone,
    /// A port failed to answer.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Phones {
    /// Three words for the account; its earlier ones become void, and so does what was started with them.
    ///
    /// # Errors
    ///
    /// Fails with [`OfferWordsError`].
    pub async fn offer_words(&self, account: AccountId) -> Result<WordsOffered, OfferWordsError> {
        let at = self.clock.now();
        let expires_at = at.plus(WORDS_LIFE);
        until_stored("phones", || async {
            let words = LinkWords::draw(&*self.entropy);
            let offer = NewWords {
                tag: Tag::draw(&*self.entropy),
                account,
                mac: words.mac(&*self.macs),
                at,
                expires_at,
                audit: vec![AuditEvent::new(
                    at,
                    Actor::Account(account),
                    "phone.words_offered",
                    Subject::Account(account),
                )],
            };
            let offered = WordsOffered {
                text: words.text(),
                to: self.our_number.clone(),
                expires_at,
            };
            match self.store.offer_words(offer).await? {
                WordsVerdict::Stored => Ok(Commit::Stored(offered)),
                WordsVerdict::Taken => Ok(Commit::Stale),
                WordsVerdict::Gone => Err(OfferWordsError::Gone),
            }
        })
        .await
    }
}
