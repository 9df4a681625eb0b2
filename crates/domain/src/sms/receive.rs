//! Receives a text: it acts once, and is always answered alike.

use std::sync::Arc;

use super::{
    answer,
    case::{Case, Decided, Decision, SmsRules},
    command::{Text, normalize},
    decide::decide,
    inbound::{
        InboundMessage, Inbox, Outcome, ReceiveText, Received, Reply, ReplyPart, ReplyState, Sender,
        Situation, TextDigest,
    },
    parts::parts,
};
use crate::{
    outgoing::Words,
    phone::{Phones, secret_life},
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

impl Messages {
    /// Receives a text and answers the texts of the reply, in order; none for an empty answer.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`]; the text has then had no effect.
    pub async fn receive(&self, message: InboundMessage) -> Result<Vec<String>, ReceiveError> {
        let (at, seed) = (self.clock.now(), Tag::draw(&*self.entropy));
        for _ in 0..STALE_ATTEMPTS {
            let text = match &message.from {
                Sender::Number(phone) => self.read(&message, phone, (seed, at)).await?,
                Sender::Name(_) => self.keep(&message, None, (seed, at)),
            };
            match self.inbox.commit(text).await? {
                Received::Stored(reply) | Received::Duplicate(reply) => return Ok(self.open(reply)),
                Received::SidReused => return Err(ReceiveError::SidReused),
                Received::Stale => {}
            }
        }
        Err(contended("inbox").into())
    }

    async fn read(
        &self,
        message: &InboundMessage,
        phone: &PhoneNumber,
        (seed, at): (Tag, Timestamp),
    ) -> Result<ReceiveText, Fault> {
        let situation = self.inbox.situation(phone, TextDigest::of(message), at).await?;
        let mut case = Case {
            message,
            phone,
            situation: &situation,
            link: None,
            rules: &self.rules,
            is_textable: self.rules.may_text_region_of(phone),
            routes: &*self.routes,
            at,
            seed,
        };
        let link = answer::link::prepare(&self.phones, &case).await?;
        case.link = link.as_ref();
        let decided = decide(&case);
        let cleared = matches!(
            decided.decision.opt_out,
            Some(crate::opt_out::OptOutChange::Clear { .. })
        );
        let withheld = !case.is_textable || (situation.opted_out && !cleared);
        let state = if withheld {
            ReplyState::Withheld
        } else {
            ReplyState::Replied
        };
        Ok(self.keep(message, Some((&situation, decided, state)), (seed, at)))
    }

    /// A text and its decision as one commit; without a decision it is only kept.
    fn keep(
        &self,
        message: &InboundMessage,
        decided: Option<(&Situation, Decided, ReplyState)>,
        (seed, at): (Tag, Timestamp),
    ) -> ReceiveText {
        let nobody = Situation::default();
        let (situation, decision, outcome, reply_state) = match decided {
            Some((situation, Decided { decision, outcome }, state)) => (situation, decision, outcome, state),
            None => (&nobody, Decision::default(), Outcome::Silent, ReplyState::Replied),
        };
        let verb = Text::parse(&message.body).verb();
        let tag = seed.derived("text", 0);
        let secret_until = secret_life(&normalize(&message.body)).map(|life| at.plus(life));
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
            at,
            sender: situation.user.as_ref().map(|stored| stored.id),
            command: verb.map(super::dispatch::Verb::word),
            outcome,
            after: situation.history.newest,
            reply: reply.into_iter().enumerate().map(part).collect(),
            reply_state,
            user: decision.user,
            conversation: decision.conversation,
            opt_out: decision.opt_out,
            link: decision.link,
            outgoing: decision.outgoing,
            audit: decision.audit,
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
