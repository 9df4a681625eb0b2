//! What a text leads to.

use crate::{
    audit::AuditEvent,
    deadline::DeadlineChange,
    forecast::ForecastOrder,
    limit::Limit,
    messages,
    opt_out::OptOutChange,
    outgoing::Outgoing,
    phone::PhoneChange,
    time::Timestamp,
    user::{ConversationChange, UserChange},
};

/// What a text leads to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// The answer, before it is cut into texts.
    pub reply: Option<String>,
    /// The answer is what the text before was answered with; `reply` is said only if that is gone.
    pub repeats_first_answer: bool,
    /// Until when the answer carries a secret and is stored sealed.
    pub secret_until: Option<Timestamp>,
    /// What is stored with the text.
    pub effects: Effects,
}

/// Everything that a text changes: decided by a handler, carried unchanged to the store, and stored with the text or
/// not at all. A new aggregate is one more field here; the stores take the value apart field by field, so that they
/// do not compile until they store it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effects {
    /// A hiker registered or changed.
    pub user: Option<UserChange>,
    /// Hikers who lose the sender as a contact.
    pub hikers: Vec<UserChange>,
    /// Whether the sender agrees to be alerted, for every hiker who has chosen the number.
    pub is_ready: bool,
    /// A conversation started, moved on or ended.
    pub conversation: Option<ConversationChange>,
    /// An opt-out recorded or cleared.
    pub opt_out: Option<OptOutChange>,
    /// What changes about the link between the number and an account.
    pub link: Option<PhoneChange>,
    /// Promises that are set, changed or closed, in this order.
    pub deadlines: Vec<DeadlineChange>,
    /// Texts to others, or later ones to the sender; the latter belong to the hiker that this text registers.
    pub outgoing: Vec<Outgoing>,
    /// A forecast to fetch, and the question that waits for it.
    pub forecast: Option<ForecastOrder>,
    /// What is counted with the text; the decision is made again if one of these limits refuses it.
    pub counts: Vec<Limit>,
    /// Who did what. [`crate::audit::Subject::Stored`] is the hiker that this text registers, or else the text.
    pub audit: Vec<AuditEvent>,
}

impl Decision {
    /// A decision that answers and changes nothing.
    pub fn say(reply: impl Into<String>) -> Self {
        Self {
            reply: Some(reply.into()),
            ..Self::default()
        }
    }

    /// A copy of the text before: it does nothing and is answered as the first one was.
    pub fn first_answer() -> Self {
        Self {
            reply: Some(messages::help::repeated()),
            repeats_first_answer: true,
            ..Self::default()
        }
    }

    /// The same answer, and these effects.
    #[must_use]
    pub fn with(self, effects: Effects) -> Self {
        Self { effects, ..self }
    }
}
