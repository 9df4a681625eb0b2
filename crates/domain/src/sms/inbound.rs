//! A text that came in, what deciding about it needs, and the one commit that stores everything it caused.

use std::{collections::HashSet, fmt, time::Duration};

use sha2::{Digest as _, Sha256};

use super::decision::Effects;
pub use super::message_sid::MessageSid;
use super::pace::Pace;
pub use super::text_outcome::TextOutcome;
use crate::{
    deadline::Watched,
    id::{AccountId, MessageId, UserId},
    outgoing::Words,
    phone_number::PhoneNumber,
    port::PortFuture,
    random::Tag,
    time::Timestamp,
    user::{ContactOf, StoredConversation, StoredUser},
};

/// Who sent a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sender {
    /// A telephone number, which can be answered.
    Number(PhoneNumber),
    /// A short code or an alphanumeric name, which cannot.
    Name(String),
}

impl Sender {
    /// As the carrier wrote it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Number(phone) => phone.as_str(),
            Self::Name(name) => name,
        }
    }
}

/// What Twilio's own opt-out handling made of a text (its parameter `OptOutType`); it has then answered by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierVerdict {
    /// The sender is now blocked at Twilio.
    Stop,
    /// The sender is no longer blocked at Twilio.
    Start,
    /// Twilio sent its help text.
    Help,
}

/// The first eight bytes of the SHA-256 of the auth token that signed a text: says which token, never what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenFingerprint([u8; 8]);

impl TokenFingerprint {
    /// The fingerprint of an auth token.
    pub fn of(token: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let mut first = [0; 8];
        first.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(first)
    }

    /// A fingerprint that was stored.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// A text as Twilio delivered it, its signature and shape already checked.
#[derive(Clone, PartialEq, Eq)]
pub struct InboundMessage {
    /// Twilio's name for it: the same sid is the same text.
    pub sid: MessageSid,
    /// Who sent it, as far as a carrier can tell.
    pub from: Sender,
    /// The number of ours that it was sent to.
    pub to: PhoneNumber,
    /// What it says; may be empty.
    pub body: String,
    /// How many pictures came with it; they are not fetched.
    pub media: u32,
    /// What Twilio has already done about it.
    pub verdict: Option<CarrierVerdict>,
    /// Which auth token signed it.
    pub signed_by: TokenFingerprint,
}

impl fmt::Debug for InboundMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "InboundMessage({}, {} bytes)",
            self.sid.as_str(),
            self.body.len()
        )
    }
}

/// SHA-256 over sender, recipient and body: what a sid stands for, kept after the text itself is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextDigest([u8; 32]);

impl TextDigest {
    /// The digest of a text.
    pub fn of(message: &InboundMessage) -> Self {
        let mut hasher = Sha256::new();
        for part in [message.from.as_str(), message.to.as_str(), &message.body] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        Self(hasher.finalize().into())
    }

    /// A digest that was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// How far back limits look.
pub const LIMIT_WINDOW: Duration = Duration::from_hours(1);

/// How long one pointer to HELP lasts.
pub const HINT_WINDOW: Duration = Duration::from_mins(10);

/// How far back the loop guard looks.
pub const LOOP_WINDOW: Duration = Duration::from_mins(10);

/// How long an alerted number can ask what became of an alarm.
pub const ALARM_REMEMBERED: Duration = Duration::from_hours(72);

/// Two equal texts of one sender within this time are copies that a network made, or a nervous second tap.
pub const REPEAT_WINDOW: Duration = Duration::from_mins(1);

/// How many of a sender's newest texts are looked at; a limit beyond it never bites.
pub const HISTORY_ROWS: u32 = 1_000;

/// What a sender's newest texts add up to, seen from one instant.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own that one walk over the past texts answers"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SenderHistory {
    /// The sender's newest text; a decision made on an older view is stale.
    pub newest: Option<MessageId>,
    /// Answers within [`LIMIT_WINDOW`] that count ([`TextOutcome::counts`]).
    pub answers: u32,
    /// When the oldest of them was given.
    pub oldest_answer: Option<Timestamp>,
    /// Whether an answer named the limit within [`LIMIT_WINDOW`].
    pub told_limit: bool,
    /// Whether the sender was pointed to HELP within [`HINT_WINDOW`].
    pub hinted: bool,
    /// Texts equal to this one within [`LOOP_WINDOW`].
    pub same_text: u32,
    /// The newest text that is equal to this one and came within [`REPEAT_WINDOW`].
    pub repeats: Option<MessageId>,
    /// Calls for help that were answered within [`LIMIT_WINDOW`].
    pub distress: u32,
    /// Whether a call for help was answered within [`HINT_WINDOW`].
    pub recent_distress: bool,
    /// Whether an answer within [`LIMIT_WINDOW`] said that the country cannot be texted.
    pub told_foreign: bool,
    /// Whether the sender answers so fast, and with so little sense, that it is a program.
    pub is_robot: bool,
    /// When the newest text was texted that did something.
    pub newest_command_at: Option<Timestamp>,
}

impl SenderHistory {
    /// Adds up a sender's texts, newest first, as seen at `at` by a text with this digest. Nothing older than
    /// [`LIMIT_WINDOW`] needs to be handed in, nor more than [`HISTORY_ROWS`].
    pub fn of(texts: impl IntoIterator<Item = PastText>, digest: TextDigest, at: Timestamp) -> Self {
        let mut history = Self::default();
        let mut pace = Pace::before(at);
        for text in texts {
            let age = at.since(text.at);
            if age < REPEAT_WINDOW && text.digest == Some(digest) {
                history.repeats = history.repeats.max(Some(text.id));
            }
            history.newest = history.newest.max(Some(text.id));
            let says_nothing = matches!(text.outcome, TextOutcome::Hinted | TextOutcome::Silent);
            history.is_robot |= pace.is_robot(text.at, says_nothing);
            if matches!(text.outcome, TextOutcome::Answered | TextOutcome::Exempt) {
                history.newest_command_at = history.newest_command_at.max(Some(text.texted_at));
            }
            if age < LIMIT_WINDOW {
                history.add_outcome(&text);
            }
            history.hinted |= age < HINT_WINDOW && text.outcome == TextOutcome::Hinted;
            history.recent_distress |= age < HINT_WINDOW && text.outcome == TextOutcome::Distress;
            if age < LOOP_WINDOW && text.digest == Some(digest) {
                history.same_text = history.same_text.saturating_add(1);
            }
        }
        history
    }

    /// Whether the sender's newest text is equal to this one and came within [`REPEAT_WINDOW`].
    pub fn repeats_newest(&self) -> bool {
        self.repeats.is_some() && self.repeats == self.newest
    }

    /// Adds what became of a text within [`LIMIT_WINDOW`].
    fn add_outcome(&mut self, text: &PastText) {
        if text.outcome.counts() {
            self.answers = self.answers.saturating_add(1);
            self.oldest_answer = Some(self.oldest_answer.map_or(text.at, |oldest| oldest.min(text.at)));
        }
        self.told_limit |= text.outcome == TextOutcome::ToldLimit;
        self.told_foreign |= text.outcome == TextOutcome::Foreign;
        if text.outcome == TextOutcome::Distress {
            self.distress = self.distress.saturating_add(1);
        }
    }
}

/// A text that came in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastText {
    /// Its row.
    pub id: MessageId,
    /// When it came.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: TextOutcome,
    /// When it was texted: earlier than it came, if it was fetched.
    pub texted_at: Timestamp,
    /// What it said; `None` once its tombstone is gone.
    pub digest: Option<TextDigest>,
}

/// Everything that a decision about a text needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SenderState {
    /// The hiker of this number, if registered.
    pub user: Option<StoredUser>,
    /// The hikers that chose this number as a contact, at most
    /// [`MAX_HIKERS_OF_CONTACT`](crate::user::MAX_HIKERS_OF_CONTACT), in the order in which they did.
    pub contact_of: Vec<ContactOf>,
    /// The conversation that this number is in, expired or not.
    pub conversation: Option<StoredConversation>,
    /// Whether the number is opted out.
    pub opted_out: bool,
    /// The account that has proven to own the number.
    pub linked_account: Option<AccountId>,
    /// Promises of others in whose alarm this number was alerted: the open ones, and those that were closed within
    /// [`ALARM_REMEMBERED`], the newest first.
    pub alarms: Vec<Watched>,
    /// What the sender has sent before.
    pub history: SenderHistory,
    /// The texts that the newest one was answered with, if this one repeats it; a part with a secret is left out.
    pub first_answer: Vec<String>,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyState {
    /// Given as TwiML.
    Replied,
    /// Kept back: the number is opted out, or of a region that may not be texted.
    Withheld,
}

/// One text of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyPart {
    /// Names its row; what it is sealed under, when it is.
    pub tag: Tag,
    /// What it says.
    pub words: Words,
}

/// What a sid is answered with, the first time and every time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// In order; none for an empty `<Response/>`.
    pub parts: Vec<ReplyPart>,
}

/// One text and everything it caused: stored whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiveText {
    /// The text.
    pub message: InboundMessage,
    /// Names its row.
    pub tag: Tag,
    /// Its body as it is stored: sealed when it carries a secret.
    pub body: Words,
    /// When it was received.
    pub at: Timestamp,
    /// When it was texted, if no webhook brought it and it was fetched.
    pub texted_at: Option<Timestamp>,
    /// The hiker who sent it, if registered before.
    pub sender: Option<UserId>,
    /// The command that it was read as, for the console.
    pub command: Option<&'static str>,
    /// What became of it.
    pub outcome: TextOutcome,
    /// The sender's newest text when the decision was made; [`Received::Stale`] when there is a newer one.
    pub after: Option<MessageId>,
    /// The answer.
    pub reply: Vec<ReplyPart>,
    /// Whether the answer is given.
    pub reply_state: ReplyState,
    /// What else is stored with it.
    pub effects: Effects,
}

/// What became of a text.
#[must_use = "a stale text was not stored"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// Stored durably, with this answer.
    Stored(Reply),
    /// Another writer was first; nothing was stored.
    Stale,
    /// This sid was stored before, and was answered with this; nothing was stored.
    Duplicate(Reply),
    /// This sid was stored before for another sender, recipient or body; nothing was stored.
    SidReused,
}

/// Texts in, with everything they cause.
pub trait Inbox: Send + Sync {
    /// What is known about `phone`, as of `at`, to a decision about a text with this digest.
    fn sender_state(
        &self,
        phone: &PhoneNumber,
        digest: TextDigest,
        at: Timestamp,
    ) -> PortFuture<'_, SenderState>;

    /// Stores a text and everything it caused, in one step.
    ///
    /// The sid is looked up first, so that a copy of a text never acts, whatever it was decided on: the answer is
    /// then the stored one, without parts that were withheld or erased. Then `after` and every revision is compared; a
    /// new hiker's account must be the one that the number is linked to.
    fn commit(&self, text: ReceiveText) -> PortFuture<'_, Received>;

    /// The bodies of a number's texts since an instant, newest first, at most `limit`. Those that are erased, or sealed because
    /// they carry a secret, are left out.
    fn own_texts(&self, phone: &PhoneNumber, since: Timestamp, limit: u32) -> PortFuture<'_, Vec<String>>;

    /// Those of the sids that stand for no stored text.
    fn unseen(&self, sids: Vec<MessageSid>) -> PortFuture<'_, HashSet<MessageSid>>;
}
