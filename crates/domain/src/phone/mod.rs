//! A phone is linked to an account only with proof, in both directions: a code that we text and the account types, or
//! words that the account shows and the phone texts.

mod change;
mod code;
mod confirm_by_text;
mod confirm_on_web;
#[cfg(test)]
pub(crate) mod dice;
mod link;
mod link_words;
mod live_link;
mod offer_words;
mod release;
mod start_by_text;
mod start_from_web;
mod text_link_state;

use std::sync::Arc;

pub use self::{
    change::{PhoneChange, PhoneCommit, PhoneStore, SavePhone, WordsVerdict},
    code::{
        CODE_LIFE, Code, CodeLimits, Guess, MAX_GUESSES, NEIGHBOURS_PER_HOUR, NewCode, OpenCode,
        RESEND_AFTER, SendCode, SendHistory, SendVerdict, Sent,
    },
    confirm_on_web::ConfirmOnWebError,
    link::{Decided, Deciding, LinkEnd, LinkPlan, LinkView, LinkedUser, Proof, Seen, UserEffect},
    link_words::LinkWords,
    live_link::{LinkAccount, LinkEndReason, LiveLink},
    offer_words::{OfferWordsError, WordsOffered},
    release::ReleaseError,
    start_by_text::{TextAnswer, TextReply, TextedBy, secret_life},
    start_from_web::{CodeSent, StartFromWebError},
    text_link_state::{
        MAX_WRONG_WORDS, NewWords, PENDING_LIFE, Pending, PendingAction, PendingChange, SILENCE,
        TextLinkState, WORDS_LIFE, WordSet, WrongWords,
    },
};
pub use crate::{
    id::LinkId,
    word_list::{WORDS, Word},
};
use crate::{
    outbox::caps::DailyCap,
    phone_number::{PhoneNumber, Region, TextableRegions},
    random::Entropy,
    secret::{BodySealer, Macs},
    time::Clock,
};

/// Links between phones and accounts: the ports they need, and every use case as a method.
pub struct Phones {
    /// Keeps links, codes, words and what is pending.
    pub store: Arc<dyn PhoneStore>,
    /// Makes the digests that codes and words are stored as.
    pub macs: Arc<dyn Macs>,
    /// Seals the texts that carry a code.
    pub bodies: Arc<dyn BodySealer>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// The number of ours that words are texted to.
    pub our_number: PhoneNumber,
    /// How numbers without a country are read.
    pub region: Region,
    /// Which numbers may be texted.
    pub textable: TextableRegions,
    /// How many codes may be sent.
    pub limits: CodeLimits,
    /// How many texts a day may be sent.
    pub cap: DailyCap,
}
