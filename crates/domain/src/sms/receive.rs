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
    late::{Late, decide_late},
    noted::noted,
    parts::parts,
    verb::Verb,
};
use crate::{
    budget::Budgets,
    deadline::{DeadlineStore, Event, counts},
    forecast::Forecasts,
    opt_out::{Answering, WithheldBecause},
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone::Phones,
    phone_number::PhoneNumber,
    port::{Fault, STALE_ATTEMPTS, contended},
    random::{Entropy, Tag},
    refusals,
    route::RouteCatalogue,
    secret::BodySealer,
    time::{Clock, Timestamp},
    user::UserStore,
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
    /// Hikers and their history.
    pub users: Arc<dyn UserStore>,
    /// Promises, for a text that quotes the words of one.
    pub deadlines: Arc<dyn DeadlineStore>,
    /// Forecasts, where an operator has named a provider.
    pub forecasts: Option<Arc<Forecasts>>,
    /// Hides secrets in stored texts.
    pub sealer: Arc<dyn BodySealer>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where tags come from.
    pub entropy: Arc<dyn Entropy>,
    /// What an operator has set.
    pub rules: SmsRules,
    /// What hikers may make us text to others.
    pub budgets: Budgets,
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
    late: Option<Late>,
}

/// What became of a text, and its answer.
struct Taken {
    reply: Reply,
    is_new: bool,
}

impl Messages {
    /// Receives a text and answers the texts of the reply, in order; none for an empty answer.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`]; the text has then had no effect.
    pub async fn receive(&self, message: InboundMessage) -> Result<Vec<String>, ReceiveError> {
        let taken = self.take(self.arrived(message, None)).await?;
        Ok(self.open(taken.reply))
    }

    /// Receives a text that no webhook brought. Its answer is queued like any other text, because no request waits for a
    /// response; a webhook that brings the same text later is answered with nothing. Returns whether the text was new.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`]; the text has then had no effect.
    pub async fn receive_late(&self, message: InboundMessage, late: Late) -> Result<bool, ReceiveError> {
        Ok(self.take(self.arrived(message, Some(late))).await?.is_new)
    }

    fn arrived(&self, message: InboundMessage, late: Option<Late>) -> Arrived {
        Arrived {
            text: ParsedText::parse(&message.body),
            digest: TextDigest::of(&message),
            at: self.clock.now(),
            seed: Tag::draw(&*self.entropy),
            message,
            late,
        }
    }

    async fn take(&self, arrived: Arrived) -> Result<Taken, ReceiveError> {
        for _ in 0..STALE_ATTEMPTS {
            let (text, mut events) = match &arrived.message.from {
                Sender::Number(phone) => self.read(&arrived, phone).await?,
                Sender::Name(_) => {
                    let kept_only = (Decided::silent(Decision::default()), ReplyState::Replied);
                    (
                        self.keep(&arrived, &SenderState::default(), kept_only),
                        Vec::new(),
                    )
                }
            };
            let outcome = text.outcome;
            events.extend(counts::events(&text.effects.deadlines, arrived.at));
            match self.inbox.commit(text).await? {
                Received::Stored(reply) => {
                    outcome.limit().into_iter().for_each(refusals::count);
                    counts::count(events);
                    return Ok(Taken { reply, is_new: true });
                }
                Received::Duplicate(reply) => return Ok(Taken { reply, is_new: false }),
                Received::SidReused => return Err(ReceiveError::SidReused),
                Received::Stale => {}
            }
        }
        Err(contended("inbox").into())
    }

    /// Reads what is known about the sender and decides. Returns what is counted once the text is stored, too.
    async fn read(&self, arrived: &Arrived, phone: &PhoneNumber) -> Result<(ReceiveText, Vec<Event>), Fault> {
        let Arrived {
            message,
            text,
            at,
            seed,
            late,
            ..
        } = arrived;
        let seen_at = late.map_or(*at, |late| late.texted_at.min(*at));
        let sender = self.inbox.sender_state(phone, arrived.digest, seen_at).await?;
        let answering = self.rules.answering(
            phone,
            &sender,
            text.lifts_opt_out(message.verdict) || text.is_distress || text.asks_contacts(),
        );
        let prepared = self.prepare(text, phone, (&sender, answering), *at).await?;
        let context = TextContext {
            message,
            text,
            phone,
            sender: &sender,
            answering,
            prepared: &prepared,
            rules: &self.rules,
            has_forecasts: self.forecasts.is_some(),
            routes: &*self.routes,
            at: *at,
            seed: *seed,
        };
        let decided = late.map_or_else(|| decide(&context), |late| decide_late(&context, late));
        let state = match (answering, decided.outcome) {
            (Answering::Yes, _)
            | (_, TextOutcome::Foreign)
            | (Answering::Withheld(WithheldBecause::Region), TextOutcome::Distress) => ReplyState::Replied,
            (Answering::Withheld(_), _) => ReplyState::Withheld,
        };
        let events = noted(&context, &decided);
        Ok((self.keep(arrived, &sender, (decided, state)), events))
    }

    /// A text and its decision as one commit.
    fn keep(
        &self,
        arrived: &Arrived,
        sender: &SenderState,
        (decided, reply_state): (Decided, ReplyState),
    ) -> ReceiveText {
        let Decided {
            mut decision,
            outcome,
        } = decided;
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
        let reply = if decision.repeats_first_answer && !sender.first_answer.is_empty() {
            sender.first_answer.clone()
        } else {
            decision.reply.as_deref().map(parts).unwrap_or_default()
        };
        let reply = match arrived.late {
            None => reply,
            Some(late) => {
                let is_sent = late.is_answered && reply_state == ReplyState::Replied;
                let reply = reply.into_iter().filter(|_| is_sent);
                let queued = self.late_reply(arrived, sender, (reply.collect(), decision.secret_until));
                decision.effects.outgoing.extend(queued);
                Vec::new()
            }
        };
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
            texted_at: arrived.late.map(|late| late.texted_at.min(*at)),
            sender: sender.user.as_ref().map(|stored| stored.id),
            command: text.verb().map(Verb::word),
            outcome,
            after: sender.history.newest,
            reply: reply.into_iter().enumerate().map(part).collect(),
            reply_state,
            effects: decision.effects,
        }
    }

    /// The answer to a late text, as texts of their own.
    fn late_reply(
        &self,
        arrived: &Arrived,
        sender: &SenderState,
        (reply, secret_until): (Vec<String>, Option<Timestamp>),
    ) -> Vec<Outgoing> {
        let Sender::Number(phone) = &arrived.message.from else {
            return Vec::new();
        };
        let class = if secret_until.is_some() {
            Class::Code
        } else {
            Class::Safety
        };
        let expires_at = arrived.at.plus(class.life());
        let queued = reply.into_iter().enumerate().map(|(place, text)| {
            let tag = arrived.seed.derived("late reply", place);
            Outgoing::Text(OutgoingText {
                tag,
                to: phone.clone(),
                class,
                words: self.words(tag, text, secret_until),
                not_before: arrived.at,
                expires_at: secret_until.map_or(expires_at, |until| until.min(expires_at)),
                user: sender.user.as_ref().map(|stored| stored.id),
            })
        });
        queued.collect()
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
