//! The web account gets three words to text from the phone. We send no SMS here, so this cannot be used for SMS-pumping
//! fraud.

use super::{LinkWords, NewWords, Phones, WORDS_LIFE};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::AccountId,
    phone_number::PhoneNumber,
    port::{Fault, until_stored},
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

impl Phones {
    /// Three words for the account; its earlier ones become void, and so does what was started with them.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn offer_words(&self, account: AccountId) -> Result<WordsOffered, Fault> {
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
            Ok(self.store.offer_words(offer).await?.map(|()| offered))
        })
        .await
    }
}
