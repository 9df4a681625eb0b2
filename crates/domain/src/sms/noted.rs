//! What a text means for the metrics of promises.

use super::{
    command::Meaning, context::TextContext, decided::Decided, inbound::TextOutcome, normal::asks_or_quotes,
    verb::Verb,
};
use crate::{
    deadline::{Delay, DelayRefusal, Due, DueRefusal, Event, State},
    opt_out::{OptOutChange, StopWord},
    user::StoredUser,
};

/// What is to be counted once the text is stored, besides what becomes of promises.
pub(super) fn noted(context: &TextContext<'_>, decided: &Decided) -> Vec<Event> {
    [
        carrier_word(context, decided),
        refused(context, decided),
        near_miss(context, decided),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn is_in(context: &TextContext<'_>, states: &[State]) -> bool {
    let promise = context.user().and_then(StoredUser::open_deadline);
    promise.is_some_and(|stored| states.contains(&stored.deadline.state()))
}

/// A hiker whose time is watched ends all our texts.
fn carrier_word(context: &TextContext<'_>, decided: &Decided) -> Option<Event> {
    let change = decided.decision.effects.opt_out.as_ref()?;
    let is_watched = is_in(context, &[State::Armed, State::Asking, State::Alarmed]);
    (matches!(change, OptOutChange::Record { .. }) && is_watched).then(|| {
        let word = StopWord::parse(&context.text.normal);
        Event::CarrierWord(word.map_or("other", StopWord::as_str))
    })
}

/// OUT or LATE that sets no time, with the first reason that was found.
fn refused(context: &TextContext<'_>, decided: &Decided) -> Option<Event> {
    if !decided.decision.effects.deadlines.is_empty() {
        return None;
    }
    let hiker = context.user()?;
    let (verb, args) = match &context.text.meaning {
        Meaning::Command(verb, args) => (verb, args),
        Meaning::Misused(Verb::Out, _) => {
            let is_quoted = asks_or_quotes(&context.text.typed);
            let refusal = if is_quoted {
                DueRefusal::AsksOrQuotes
            } else {
                DueRefusal::Leftover
            };
            return Some(Event::Refused(Verb::Out.word(), refusal.word()));
        }
        Meaning::Misused(..) | Meaning::Other => return None,
    };
    let is_off = args.words.iter().eq(["OFF"]);
    let reason = match verb {
        Verb::Out if args.words.is_empty() || is_off => None,
        Verb::Out => Due::parse(&args.tail, context.at, context.route()?.time_zone())
            .err()
            .map(|refusal| refusal.word()),
        Verb::Late if hiker.open_deadline().is_some() => {
            Delay::parse(&args.tail).err().map(DelayRefusal::word)
        }
        Verb::Late => Some("nothing_set"),
        _ => None,
    };
    reason.map(|reason| Event::Refused(verb.word(), reason))
}

/// A hiker who is asked texts something that is no command: it may be meant as the end of the promise, and ends nothing.
fn near_miss(context: &TextContext<'_>, decided: &Decided) -> Option<Event> {
    let is_command = matches!(context.text.meaning, Meaning::Command(..));
    let is_meant_otherwise = matches!(
        decided.outcome,
        TextOutcome::Distress | TextOutcome::Foreign | TextOutcome::Exempt
    );
    let changes =
        decided.decision.effects.opt_out.is_some() || !decided.decision.effects.deadlines.is_empty();
    (is_in(context, &[State::Asking, State::Alarmed]) && !is_command && !is_meant_otherwise && !changes)
        .then_some(Event::NearMiss)
}
