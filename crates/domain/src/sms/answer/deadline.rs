//! OUT, LATE and BACK: the time by which the hiker promises to be out.

use crate::{
    deadline::{Delay, Due, DueRefusal, LATE_COUNTS_ONCE, NewDeadline, Reason, SetBy, State, StoredDeadline},
    messages,
    sms::{
        command::Args,
        context::TextContext,
        decision::{Decision, Effects},
        normal::asks_or_quotes,
        verb::Verb,
    },
    time::Timestamp,
    user::{StoredUser, close_promise, set_promise},
};

/// Sets the time, shows it, or withdraws it.
pub fn out(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let standing = hiker.open_deadline();
    match args.words.as_slice() {
        [] => return shown(hiker),
        [off] if off == "OFF" => return closed(context, hiker, &Reason::Withdrawn),
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
            },
        ),
    }
}

/// Moves the time. It needs an open promise, so a LATE that comes after BACK sets nothing.
pub fn late(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let Some(standing) = hiker.open_deadline() else {
        return nothing_set(hiker);
    };
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
    };
    armed(context, hiker, new)
}

/// The hiker is out.
pub fn back(context: &TextContext<'_>, hiker: &StoredUser, _: &Args) -> Decision {
    closed(context, hiker, &Reason::Back)
}

/// A text that begins with one of these words, and goes on with something else.
pub(super) fn misused(context: &TextContext<'_>, hiker: &StoredUser, verb: Verb) -> Option<String> {
    let is_quoted = asks_or_quotes(&context.text.typed);
    match verb {
        Verb::Out if is_quoted => Some(DueRefusal::AsksOrQuotes),
        Verb::Out => Some(DueRefusal::Leftover),
        Verb::Late | Verb::Back => return hiker.open_deadline().map(|_| messages::deadline::unchanged()),
        _ => None,
    }
    .map(|refusal| messages::deadline::refused(&refusal, standing(hiker)))
}

/// Words that are no command, from a hiker who is asked whether they are out.
pub(super) fn near_miss(hiker: &StoredUser) -> Option<String> {
    let standing = hiker.open_deadline()?;
    let is_asked = matches!(standing.deadline.state(), State::Asking | State::Alarmed);
    is_asked.then(messages::deadline::unchanged)
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
    let reply = messages::deadline::set(promise, &hiker.watchers(), &context.rules.textable);
    Decision::say(reply).with(Effects {
        deadlines: set.changes,
        outgoing: set.outgoing,
        audit: vec![set.audit],
        ..Effects::default()
    })
}

fn closed(context: &TextContext<'_>, hiker: &StoredUser, reason: &Reason) -> Decision {
    let Some(StoredDeadline { deadline, .. }) = hiker.open_deadline() else {
        return nothing_set(hiker);
    };
    let Some(closed) = close_promise(hiker, reason, &context.rules.textable, &context.moment()) else {
        return nothing_set(hiker);
    };
    let reply = if matches!(reason, Reason::Withdrawn) {
        messages::deadline::withdrawn(deadline)
    } else {
        let tells = !closed.outgoing.is_empty() || !closed.change.stand_downs.is_empty();
        messages::deadline::back(deadline, tells, context.at)
    };
    Decision::say(reply).with(Effects {
        deadlines: vec![closed.change],
        outgoing: closed.outgoing,
        audit: vec![closed.audit],
        ..Effects::default()
    })
}
