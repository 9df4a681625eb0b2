//! OUT, LATE and BACK: the time by which the hiker promises to be out.

use super::{contact, link};
use crate::{
    audit::{AuditEvent, Subject},
    deadline::{
        Close, Delay, Due, DueRefusal, LATE_COUNTS_ONCE, NewDeadline, Reason, SetBy, Stage, State, Through,
        Watched, close_both, closed_by_words,
    },
    messages,
    opt_out::Answering,
    sms::{
        command::Args,
        context::{Prepared, TextContext},
        decision::{Decision, Effects},
        normal::asks_or_quotes,
        verb::Verb,
    },
    time::Timestamp,
    user::{StoredUser, close_promise, set_promise},
};

/// Sets the time, shows it, or withdraws it.
pub fn out(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    if is_raised(hiker) && !args.words.is_empty() {
        return Decision::say(messages::call::ends_first("OUT"));
    }
    let standing = hiker.open_deadline();
    match args.words.as_slice() {
        [] => return shown(hiker),
        [off] if off == "OFF" => return closed(context, hiker, &Reason::Withdrawn),
        // Nothing is set unless the answer says so, and no answer may leave.
        _ if context.answering != Answering::Yes => {
            return Decision::say(messages::replies::sets_no_time(context.sender.opted_out));
        }
        _ => {}
    }
    let Some(route) = context.route() else {
        return Decision::say(messages::check_in::unknown_route());
    };
    let zone = route.time_zone();
    match Due::parse(&args.tail, context.at, zone) {
        Err(refusal) => refused(hiker, &refusal),
        Ok(due) if standing.is_some_and(|standing| standing.deadline.due_at == due.at) => same(hiker),
        Ok(due) => armed(
            context,
            hiker,
            NewDeadline {
                due_at: due.at,
                zone: zone.clone(),
                set_by: SetBy::Text,
                plan: None,
            },
        ),
    }
}

/// Moves the time. It needs an open promise, so a LATE that comes after BACK sets nothing.
pub fn late(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let Some(standing) = hiker.open_deadline() else {
        return nothing_set(hiker);
    };
    if is_raised(hiker) {
        return Decision::say(messages::call::ends_first("LATE"));
    }
    let deadline = &standing.deadline;
    let delay = match Delay::parse(&args.tail) {
        Ok(delay) => delay.as_duration(),
        Err(refusal) => return Decision::say(messages::deadline::late_refused(refusal, deadline)),
    };
    if deadline.set_by == SetBy::Late(delay) && deadline.set_at.within(LATE_COUNTS_ONCE, context.at) {
        return Decision::say(messages::deadline::late_again(deadline));
    }
    let from: Timestamp = deadline.due_at.max(context.at);
    let new = NewDeadline {
        due_at: from.plus(delay),
        zone: deadline.zone.clone(),
        set_by: SetBy::Late(delay),
        plan: None,
    };
    armed(context, hiker, new)
}

/// Whether the alarm of the promise is about help, too: only words about that end it.
fn is_raised(hiker: &StoredUser) -> bool {
    standing(hiker).is_some_and(|deadline| deadline.asked_at().is_some())
}

/// The hiker is out: from the hiker's own phone, or from any other one with the trip words.
pub fn back(context: &TextContext<'_>, args: &Args) -> Decision {
    match (context.prepared, context.user()) {
        (Prepared::Phone(_), _) => link::run(context, args),
        (Prepared::Trip(watched), own) if own.is_none_or(|own| own.id != watched.stored.deadline.user) => {
            back_by_words(context, watched)
        }
        (_, Some(hiker)) => closed(context, hiker, &Reason::Back),
        (_, None) if context.is_contact() => contact::instead_of(context, Verb::Back),
        (_, None) if context.live_conversation().is_some() => {
            Decision::say(messages::onboarding::not_yet(true))
        }
        (_, None) => Decision::say(messages::help::unregistered(true)),
    }
}

/// Another phone knows the trip words. Everybody reads that it was not the hiker's own, and the hiker reads it too.
fn back_by_words(context: &TextContext<'_>, watched: &Watched) -> Decision {
    let stored = &watched.stored;
    let deadline = &stored.deadline;
    if !deadline.is_open() || deadline.set_at > context.at {
        return Decision::say(messages::deadline::closed_before(deadline));
    }
    let name = &watched.hiker.trail_name;
    let closing = Close {
        stored,
        beside: watched.beside.as_deref(),
        trail_name: name,
        contacts: &watched.hiker.contacts,
        textable: &context.rules.textable,
        through: Through::Words,
        at: context.at,
    };
    let (deadlines, mut outgoing) = close_both(closing, &Reason::Back, Some(context.phone));
    let stands_down = deadlines.iter().any(|change| !change.stand_downs.is_empty());
    let tells = !outgoing.is_empty() || stands_down;
    outgoing.push(closed_by_words(deadline, context.phone, context.at));
    let subject = Subject::User(deadline.user);
    let audit = AuditEvent::new(context.at, context.actor(), "deadline.closed", subject)
        .with("deadline", stored.id.get())
        .with("how", "words");
    Decision::say(messages::deadline::back_by_words(name, deadline, tells)).with(Effects {
        deadlines,
        outgoing,
        audit: vec![audit],
        ..Effects::default()
    })
}

/// A text that begins with one of these words, and goes on with something else.
pub(super) fn misused(context: &TextContext<'_>, hiker: &StoredUser, verb: Verb) -> Option<String> {
    let is_quoted = asks_or_quotes(&context.text.typed);
    match verb {
        Verb::Out if is_quoted => Some(DueRefusal::AsksOrQuotes),
        Verb::Out => Some(DueRefusal::Leftover),
        Verb::Late | Verb::Back if hiker.open_call().is_some() => {
            return Some(messages::call::unchanged());
        }
        Verb::Late | Verb::Back => return hiker.open_deadline().map(|_| messages::deadline::unchanged()),
        _ => None,
    }
    .map(|refusal| messages::deadline::refused(&refusal, standing(hiker)))
}

/// Whether the hiker is asked whether they are out.
pub(super) fn is_asked(hiker: &StoredUser) -> bool {
    standing(hiker).is_some_and(|deadline| matches!(deadline.state(), State::Asking | State::Alarmed))
}

/// Whether the hiker was reminded of the time, so that an acknowledgement can be meant as the answer.
pub(super) fn is_reminded(hiker: &StoredUser) -> bool {
    standing(hiker).is_some_and(|deadline| deadline.has_fired(Stage::Ask1))
}

fn standing(hiker: &StoredUser) -> Option<&crate::deadline::Deadline> {
    hiker.open_deadline().map(|stored| &stored.deadline)
}

fn shown(hiker: &StoredUser) -> Decision {
    match standing(hiker) {
        Some(deadline) => Decision::say(messages::deadline::shown(deadline)),
        None => nothing_set(hiker),
    }
}

fn same(hiker: &StoredUser) -> Decision {
    match standing(hiker) {
        Some(deadline) => Decision::say(messages::deadline::same(deadline)),
        None => nothing_set(hiker),
    }
}

fn refused(hiker: &StoredUser, refusal: &DueRefusal) -> Decision {
    Decision::say(messages::deadline::refused(refusal, standing(hiker)))
}

fn nothing_set(hiker: &StoredUser) -> Decision {
    let last = hiker.deadline.as_ref().map(|stored| &stored.deadline);
    Decision::say(messages::deadline::nothing_set(last))
}

fn armed(context: &TextContext<'_>, hiker: &StoredUser, new: NewDeadline) -> Decision {
    let set = set_promise(hiker, new, &context.rules.textable, &context.moment());
    let Some(promise) = set.promise() else {
        return nothing_set(hiker);
    };
    let reply = messages::deadline::set(
        promise,
        &hiker.watchers(),
        &context.rules.textable,
        hiker.is_in_alarm(),
    );
    Decision::say(resting(hiker, reply)).with(Effects {
        deadlines: set.changes,
        outgoing: set.outgoing,
        audit: vec![set.audit],
        ..Effects::default()
    })
}

/// The answer to a new time. While the contacts are asked for help its second line says that the time is not watched yet,
/// because the lines below say what happens when it is.
fn resting(hiker: &StoredUser, reply: String) -> String {
    match (hiker.open_call(), reply.split_once('\n')) {
        (Some(_), Some((set, rest))) => format!("{set}\n{}\n{rest}", messages::call::rests()),
        _ => reply,
    }
}

/// The answer, and that the contacts stay asked for help if they are.
fn with_call(hiker: &StoredUser, reply: String) -> String {
    match hiker.open_call() {
        Some(_) => format!("{reply}\n{}", messages::call::still_open()),
        None => reply,
    }
}

fn closed(context: &TextContext<'_>, hiker: &StoredUser, reason: &Reason) -> Decision {
    let Some(closed) = close_promise(hiker, reason, &context.rules.textable, &context.moment()) else {
        return nothing_set(hiker);
    };
    let deadline = &closed.change.state;
    let reply = if matches!(reason, Reason::Withdrawn) {
        with_call(hiker, messages::deadline::withdrawn(deadline))
    } else {
        messages::deadline::back(deadline, closed.tells(), context.at)
    };
    Decision::say(reply).with(Effects {
        deadlines: closed.changes(),
        outgoing: closed.outgoing,
        audit: vec![closed.audit],
        ..Effects::default()
    })
}
