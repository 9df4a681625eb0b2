//! What a phone hears that we call, and what its keys do.

use std::sync::Arc;

use super::{
    call_sid::CallSid,
    counts::Event,
    store::{CallHeard, CallReport, Calls, Key, StoredCall},
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    deadline::{Claimed, DeadlineChange, DeadlineStore, SaveDeadline, Watched, claimed_by_call, counts},
    messages,
    phone_number::PhoneNumber,
    port::{Commit, Fault, until_stored},
    random::Tag,
    route::{Route, RouteCatalogue},
    time::Clock,
};

/// A phone that was picked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnThePhone {
    /// Names the call.
    pub tag: Tag,
    /// The provider's name for it.
    pub sid: CallSid,
    /// The number that was called.
    pub to: PhoneNumber,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spoken {
    /// Said twice, and a key is waited for; after that the last words.
    Asking {
        /// The facts, and what the keys do.
        words: String,
        /// What is said if no key is pressed.
        farewell: String,
    },
    /// Said once; the call is over.
    Once(String),
}

/// Why nothing is said.
#[derive(Debug, thiserror::Error)]
pub enum CallRefusal {
    /// We placed no call of this name to this number.
    #[error("no call of this name was placed to this number")]
    Unknown,
    /// The store cannot be asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Answers the phones that we call.
pub struct CallAnswers {
    /// Keeps the calls.
    pub calls: Arc<dyn Calls>,
    /// Keeps the promises that they are about.
    pub deadlines: Arc<dyn DeadlineStore>,
    /// The routes that can be walked.
    pub routes: Arc<dyn RouteCatalogue>,
    /// The present instant.
    pub clock: Arc<dyn Clock>,
}

impl CallAnswers {
    /// What a phone hears that was picked up. The same request is always answered alike as long as nothing has happened.
    ///
    /// # Errors
    ///
    /// The reason why nothing is said about this call.
    pub async fn picked_up(&self, phone: &OnThePhone) -> Result<Spoken, CallRefusal> {
        Ok(say(&self.call(phone).await?))
    }

    /// What a key does, and what is said about it. A key that means nothing repeats the facts.
    ///
    /// # Errors
    ///
    /// The reason why nothing is said about this call.
    pub async fn pressed(&self, phone: &OnThePhone, key: &str) -> Result<Spoken, CallRefusal> {
        let call = self.call(phone).await?;
        let Some(key) = Key::parse(key) else {
            return Ok(say(&call));
        };
        let spoken = match key {
            Key::Acting => until_stored::<_, CallRefusal, _>("deadline store", || self.claim(phone)).await?,
            Key::Again => say(&call),
            Key::NoCalls => Spoken::Once(messages::voice::no_more_calls()),
        };
        self.calls.press(phone.tag, key, self.clock.now()).await?;
        super::counts::count(Event::Pressed(key));
        Ok(spoken)
    }

    /// Takes a report of the provider.
    ///
    /// # Errors
    ///
    /// The store's fault; the provider is to be asked to report again.
    pub async fn hear(&self, report: CallReport) -> Result<CallHeard, Fault> {
        let status = report.status;
        let heard = self.calls.report(report).await?;
        if heard == CallHeard::Applied {
            super::counts::count(Event::Reported(status));
        }
        Ok(heard)
    }

    async fn call(&self, phone: &OnThePhone) -> Result<StoredCall, CallRefusal> {
        let call = self.calls.call(phone.tag).await?;
        call.filter(|call| call.can_be(&phone.sid, &phone.to))
            .ok_or(CallRefusal::Unknown)
    }

    /// The contact deals with the alarm: what the text ACTING does. What Police will ask follows as a text.
    async fn claim(&self, phone: &OnThePhone) -> Result<Commit<Spoken>, CallRefusal> {
        let call = self.call(phone).await?;
        let Some(watched) = &call.watched else {
            return Ok(Commit::Stored(say(&call)));
        };
        let (stored, name, at) = (&watched.stored, &watched.hiker.trail_name, self.clock.now());
        let (state, texts, spoken) = match stored.deadline.claim(&phone.to, at) {
            Claimed::NoAlarm => return Ok(Commit::Stored(say(&call))),
            Claimed::Again => return Ok(Commit::Stored(Spoken::Once(messages::voice::acting(name)))),
            Claimed::Noted { deadline, by } => {
                (deadline, Vec::new(), messages::voice::noted(&by.called(), name))
            }
            Claimed::Acting(deadline) => {
                let route = self.routes.find(&deadline.route).map(Route::name);
                let route = route.unwrap_or(deadline.route.as_str()).to_owned();
                let texts = claimed_by_call(&watched.hiker, (&deadline, &route), &phone.to, at);
                (deadline, texts, messages::voice::acting(name))
            }
        };
        let change = DeadlineChange {
            texts,
            ..DeadlineChange::of(stored, state)
        };
        let events = counts::events(std::slice::from_ref(&change), at);
        let audit = AuditEvent::new(
            at,
            Actor::Anonymous,
            "deadline.claimed",
            Subject::User(stored.deadline.user),
        );
        let save = SaveDeadline {
            change,
            outgoing: Vec::new(),
            counts: Vec::new(),
            audit: vec![audit.with("deadline", stored.id.get()).with("by", "call")],
            at,
        };
        Ok(match self.deadlines.save(save).await? {
            Commit::Stored(()) => {
                counts::count(events);
                Commit::Stored(Spoken::Once(spoken))
            }
            Commit::Stale => Commit::Stale,
        })
    }
}

/// What a phone hears. Who is called when the alarm is over, or while a contact deals with it, hears that.
fn say(call: &StoredCall) -> Spoken {
    let Some(watched) = &call.watched else {
        return Spoken::Once(messages::voice::over(None));
    };
    let name = &watched.hiker.trail_name;
    match acting(watched) {
        _ if !watched.stored.deadline.is_open() => Spoken::Once(messages::voice::over(Some(name))),
        Some((by, _)) if by == call.to => Spoken::Once(messages::voice::acting(name)),
        Some((_, called)) => Spoken::Once(messages::voice::another_acts(&called, name)),
        None => match &call.words {
            Some(words) => Spoken::Asking {
                words: format!("{words} {}", messages::voice::keys()),
                farewell: messages::voice::farewell(),
            },
            None => Spoken::Once(messages::voice::over(Some(name))),
        },
    }
}

/// Who deals with the alarm, and how the hiker calls them.
fn acting(watched: &Watched) -> Option<(PhoneNumber, String)> {
    let alarm = watched.stored.deadline.alarm.as_ref()?;
    let contact = alarm.acting()?;
    Some((contact.phone.clone(), contact.called()))
}
