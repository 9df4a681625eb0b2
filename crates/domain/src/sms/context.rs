//! A text with everything that deciding about it needs.

use super::{
    command::ParsedText,
    inbound::{InboundMessage, SenderState},
    keyword::CarrierKeywords,
};
use crate::{
    audit::Actor,
    budget::Budget,
    deadline::{LastCheckIn, Watched},
    forecast::ForecastAnswer,
    limit::Limit,
    messages,
    moment::Moment,
    opt_out::{Answering, WithheldBecause},
    page::Pagers,
    phone::TextAnswer,
    phone_number::{PhoneNumber, PhoneNumberError, Region, TextableRegions},
    random::Tag,
    route::{Route, RouteCatalogue},
    time::Timestamp,
    user::{Conversation, StoredCheckIn, StoredUser},
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
    /// The address of the page for contacts, if strangers can open it.
    pub contacts_page: Option<String>,
    /// Answers an hour to an unregistered sender; [`REGISTERED_FACTOR`] times that when registered or in a conversation.
    pub answers_per_hour: u32,
    /// Who is paged when somebody asks for help.
    pub pagers: Pagers,
    /// Whether contacts are called who do not answer an alert.
    pub calls: bool,
}

impl SmsRules {
    /// Whether a text of `phone` is answered: the one place that decides it. A text that lifts an opt-out and a call for
    /// help are answered in spite of it; no text opens a region. A landline that texts is answered.
    pub fn answering(
        &self,
        phone: &PhoneNumber,
        sender: &SenderState,
        in_spite_of_opt_out: bool,
    ) -> Answering {
        match self.textable.check(phone) {
            Ok(()) | Err(PhoneNumberError::NotMobile) if sender.opted_out && !in_spite_of_opt_out => {
                Answering::Withheld(WithheldBecause::OptOut)
            }
            Ok(()) | Err(PhoneNumberError::NotMobile) => Answering::Yes,
            Err(_) => Answering::Withheld(WithheldBecause::Region),
        }
    }
}

/// How many times the limit of a stranger a hiker has.
pub const REGISTERED_FACTOR: u32 = 6;

/// What was read for a command beyond [`SenderState`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prepared {
    /// Nothing more was needed.
    Nothing,
    /// What LINK, CONFIRM or UNLINK leads to.
    Phone(Box<TextAnswer>),
    /// What CHECKIN and SAFE may still make us text.
    Budget(Box<Budget>),
    /// The promise whose words were texted.
    Trip(Box<Watched>),
    /// The forecast that was asked for, as far as it is kept.
    Forecast(Box<ForecastAnswer>),
    /// What a call for help needs.
    Call(Box<PreparedCall>),
    /// The hiker's newest check-ins, newest first, and what may still be texted to those who heard of them.
    CheckIns(Vec<StoredCheckIn>, Box<Budget>),
}

/// What a call for help needs to know of the hiker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedCall {
    /// The bodies of the hiker's texts of the last half hour, newest first.
    pub texts: Vec<String>,
    /// The last check-in on any route.
    pub last_check_in: Option<LastCheckIn>,
    /// What the call counts under; `None` if that limit is reached.
    pub count: Option<Limit>,
}

impl Prepared {
    /// Whether it was decided that the command stays without an answer.
    pub fn is_silent(&self) -> bool {
        matches!(self, Self::Phone(answer) if answer.reply.is_none())
    }
}

/// A text from a number, with everything that deciding about it needs.
#[derive(Clone, Copy)]
pub struct TextContext<'a> {
    /// The text as it arrived.
    pub message: &'a InboundMessage,
    /// The text as it was parsed.
    pub text: &'a ParsedText,
    /// The number that sent it.
    pub phone: &'a PhoneNumber,
    /// What is known about the sender.
    pub sender: &'a SenderState,
    /// Whether the answer is given.
    pub answering: Answering,
    /// What the command needed to have read beyond `sender`.
    pub prepared: &'a Prepared,
    /// What an operator has set.
    pub rules: &'a SmsRules,
    /// Whether an operator has named a provider of forecasts.
    pub has_forecasts: bool,
    /// The routes that can be walked.
    pub routes: &'a dyn RouteCatalogue,
    /// When the text was received.
    pub at: Timestamp,
    /// Every tag of the decision is derived from this one.
    pub seed: Tag,
}

impl<'a> TextContext<'a> {
    /// The hiker, if registered.
    pub fn user(&self) -> Option<&'a StoredUser> {
        self.sender.user.as_ref()
    }

    /// Whether the sender is the contact of a hiker and no hiker itself.
    pub fn is_contact(&self) -> bool {
        self.sender.user.is_none() && !self.sender.contact_of.is_empty()
    }

    /// The hiker's route, if the catalogue has it.
    pub fn route(&self) -> Option<&'a Route> {
        self.user()
            .and_then(|stored| self.routes.find(&stored.user.route))
    }

    /// The conversation that the number is in, if it still goes on.
    pub fn live_conversation(&self) -> Option<&'a Conversation> {
        let stored = self.sender.conversation.as_ref()?;
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
