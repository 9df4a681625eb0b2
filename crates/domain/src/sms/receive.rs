//! Receives a text: it acts once, and is always answered alike.

use std::sync::Arc;

use super::{
    command::ParsedText,
    context::{SmsRules, TextContext},
    decide::decide,
    decided::Decided,
    decision::Decision,
    inbound::{
        InboundMessage, Inbox, ReceiveText, Received, Reply, ReplyPart, ReplyState, Sender, SenderState,
        TextDigest, TextOutcome,
    },
    parts::parts,
    prepare::prepare,
    verb::Verb,
};
use crate::{
    opt_out::{Answering, WithheldBecause},
    outgoing::Words,
    phone::Phones,
    phone_number::PhoneNumber,
    port::{Fault, STALE_ATTEMPTS, contended},
    random::{Entropy, Tag},
    route::RouteCatalogue,
    secret::BodySealer,
    time::{Clock, Timestamp},
};

/// Texts in.
#[derive(Clone)]
pub struct Messages {
    /// Where texts and what they cause are stored.
    pub inbox: Arc<dyn Inbox>,
    /// The routes that can be walked.
    pub routes: Arc<dyn RouteCatalogue>,
    /// Links between phones and accounts.
    pub phones: Arc<Phones>,
    /// Hides secrets in stored texts.
    pub sealer: Arc<dyn BodySealer>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where tags come from.
    pub entropy: Arc<dyn Entropy>,
    /// What an operator has set.
    pub rules: SmsRules,
}

/// Why a text was not received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// Its sid was used before for another sender, recipient or body.
    #[error("This MessageSid stands for another message.")]
    SidReused,
    /// Something outside failed; nothing was stored, and nothing may be acknowledged.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A text with everything that stays the same however often it is decided.
struct Arrived {
    message: InboundMessage,
    text: ParsedText,
    digest: TextDigest,
    at: Timestamp,
    seed: Tag,
}

impl Messages {
    /// Receives a text and answers the texts of the reply, in order; none for an empty answer.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`]; the text has then had no effect.
    pub async fn receive(&self, message: InboundMessage) -> Result<Vec<String>, ReceiveError> {
        let arrived = Arrived {
            text: ParsedText::parse(&message.body),
            digest: TextDigest::of(&message),
            at: self.clock.now(),
            seed: Tag::draw(&*self.entropy),
            message,
        };
        for _ in 0..STALE_ATTEMPTS {
            let text = match &arrived.message.from {
                Sender::Number(phone) => self.read(&arrived, phone).await?,
                Sender::Name(_) => {
                    let kept_only = (Decided::silent(Decision::default()), ReplyState::Replied);
                    self.keep(&arrived, &SenderState::default(), kept_only)
                }
            };
            match self.inbox.commit(text).await? {
                Received::Stored(reply) | Received::Duplicate(reply) => return Ok(self.open(reply)),
                Received::SidReused => return Err(ReceiveError::SidReused),
                Received::Stale => {}
            }
        }
        Err(contended("inbox").into())
    }

    /// Reads what is known about the sender and decides.
    async fn read(&self, arrived: &Arrived, phone: &PhoneNumber) -> Result<ReceiveText, Fault> {
        let Arrived {
            message,
            text,
            at,
            seed,
            ..
        } = arrived;
        let sender = self.inbox.sender_state(phone, arrived.digest, *at).await?;
        let answering = self.rules.answering(
            phone,
            &sender,
            text.lifts_opt_out(message.verdict) || text.is_distress,
        );
        let prepared = prepare(&self.phones, text, phone, (&sender, answering), *at).await?;
        let decided = decide(&TextContext {
            message,
            text,
            phone,
            sender: &sender,
            answering,
            prepared: &prepared,
            rules: &self.rules,
            routes: &*self.routes,
            at: *at,
            seed: *seed,
        });
        let state = match (answering, decided.outcome) {
            (Answering::Yes, _)
            | (_, TextOutcome::Foreign)
            | (Answering::Withheld(WithheldBecause::Region), TextOutcome::Distress) => ReplyState::Replied,
            (Answering::Withheld(_), _) => ReplyState::Withheld,
        };
        Ok(self.keep(arrived, &sender, (decided, state)))
    }

    /// A text and its decision as one commit.
    fn keep(
        &self,
        arrived: &Arrived,
        sender: &SenderState,
        (decided, reply_state): (Decided, ReplyState),
    ) -> ReceiveText {
        let Decided { decision, outcome } = decided;
        let Arrived {
            message,
            text,
            at,
            seed,
            ..
        } = arrived;
        let tag = seed.derived("text", 0);
        let secret_until = text.secret_life.map(|life| at.plus(life));
        let body = self.words(tag, message.body.clone(), secret_until);
        let reply = decision.reply.as_deref().map(parts).unwrap_or_default();
        let part = |(place, text): (usize, String)| {
            let tag = seed.derived("reply", place);
            let words = self.words(tag, text, decision.secret_until);
            ReplyPart { tag, words }
        };
        ReceiveText {
            message: message.clone(),
            tag,
            body,
            at: *at,
            sender: sender.user.as_ref().map(|stored| stored.id),
            command: text.verb().map(Verb::word),
            outcome,
            after: sender.history.newest,
            reply: reply.into_iter().enumerate().map(part).collect(),
            reply_state,
            effects: decision.effects,
        }
    }

    /// A text as it is stored: sealed while it carries a secret.
    fn words(&self, tag: Tag, text: String, secret_until: Option<Timestamp>) -> Words {
        match secret_until {
            Some(until) => Words::Sealed {
                sealed: self.sealer.seal(tag, &text),
                until,
            },
            None => Words::Plain(text),
        }
    }

    /// The texts of a reply; one whose secret can no longer be read is left out.
    fn open(&self, reply: Reply) -> Vec<String> {
        let open = |part: ReplyPart| match part.words {
            Words::Plain(text) => Some(text),
            Words::Sealed { sealed, .. } => self
                .sealer
                .open(part.tag, &sealed)
                .map(|secret| secret.expose().clone()),
        };
        reply.parts.into_iter().filter_map(open).collect()
    }
}
