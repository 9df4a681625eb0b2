//! A text with everything that deciding about it needs, and what a decision consists of.

use super::{
    command::Args,
    inbound::{InboundMessage, Outcome, Situation},
    keyword::CarrierKeywords,
};
use crate::{
    audit::{Actor, AuditEvent},
    messages,
    moment::Moment,
    opt_out::OptOutChange,
    outgoing::Outgoing,
    phone::{PhoneChange, TextAnswer},
    phone_number::{PhoneNumber, PhoneNumberError, Region, TextableRegions},
    random::Tag,
    route::{Route, RouteCatalogue},
    time::Timestamp,
    user::{Conversation, ConversationChange, StoredUser, UserChange},
};

/// What an operator has set about texts.
#[derive(Debug, Clone)]
pub struct SmsRules {
    /// How numbers without a country are read, and whose emergency number is named without a route.
    pub region: Region,
    /// Which numbers may be texted.
    pub textable: TextableRegions,
    /// Who confirms STOP.
    pub carrier_keywords: CarrierKeywords,
    /// Answers an hour to an unregistered sender; [`REGISTERED_FACTOR`] times that when registered or in a conversation.
    pub answers_per_hour: u32,
}

impl SmsRules {
    /// Whether numbers of the sender's region may be texted at all; a landline that texts is answered.
    pub fn may_text_region_of(&self, phone: &PhoneNumber) -> bool {
        matches!(
            self.textable.check(phone),
            Ok(()) | Err(PhoneNumberError::NotMobile)
        )
    }
}

/// How many times the limit of a stranger a hiker has.
pub const REGISTERED_FACTOR: u32 = 6;

/// A text from a number, with everything that deciding about it needs.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The text.
    pub message: &'a InboundMessage,
    /// Its sender.
    pub phone: &'a PhoneNumber,
    /// What is known about the sender.
    pub situation: &'a Situation,
    /// What LINK, UNLINK or CONFIRM leads to, where the text is one of them.
    pub link: Option<&'a TextAnswer>,
    /// What an operator has set.
    pub rules: &'a SmsRules,
    /// Whether the sender's region may be texted at all.
    pub is_textable: bool,
    /// The routes that can be walked.
    pub routes: &'a dyn RouteCatalogue,
    /// When the text was received.
    pub at: Timestamp,
    /// Every tag of the decision is derived from this one.
    pub seed: Tag,
}

impl<'a> Case<'a> {
    /// The hiker, if registered.
    pub fn user(&self) -> Option<&'a StoredUser> {
        self.situation.user.as_ref()
    }

    /// The hiker's route, if the catalogue has it.
    pub fn route(&self) -> Option<&'a Route> {
        self.user()
            .and_then(|stored| self.routes.find(&stored.user.route))
    }

    /// The conversation that the number is in, if it still goes on.
    pub fn live_conversation(&self) -> Option<&'a Conversation> {
        let stored = self.situation.conversation.as_ref()?;
        stored
            .conversation
            .is_live(self.at)
            .then_some(&stored.conversation)
    }

    /// Who acts, for the audit.
    pub fn actor(&self) -> Actor {
        self.user()
            .map_or(Actor::Anonymous, |stored| Actor::User(stored.id))
    }

    /// Who acts, when, and the seed of the decision's tags.
    pub fn moment(&self) -> Moment {
        Moment {
            at: self.at,
            seed: self.seed,
            actor: self.actor(),
        }
    }

    /// What the sender dials in an emergency.
    pub fn emergency_number(&self) -> &'a str {
        self.route().map_or_else(
            || messages::emergency_number(self.rules.region),
            Route::emergency_number,
        )
    }
}

/// A command of a registered hiker, or of anybody.
pub type Handler = fn(&Case<'_>, &Args) -> Decision;

/// What a text leads to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// The answer, before it is cut into texts.
    pub reply: Option<String>,
    /// Until when the answer carries a secret and is stored sealed.
    pub secret_until: Option<Timestamp>,
    /// A hiker registered or changed.
    pub user: Option<UserChange>,
    /// A conversation begun, moved on or ended.
    pub conversation: Option<ConversationChange>,
    /// An opt-out recorded or cleared.
    pub opt_out: Option<OptOutChange>,
    /// What changes about the link between the number and an account.
    pub link: Option<PhoneChange>,
    /// Texts to others, or later ones to the sender.
    pub outgoing: Vec<Outgoing>,
    /// Who did what.
    pub audit: Vec<AuditEvent>,
}

impl Decision {
    /// Says something and does nothing.
    pub fn say(reply: impl Into<String>) -> Self {
        Self {
            reply: Some(reply.into()),
            ..Self::default()
        }
    }
}

/// A decision, and what it is remembered as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// What it is remembered as.
    pub outcome: Outcome,
}
