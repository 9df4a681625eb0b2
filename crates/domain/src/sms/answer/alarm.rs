//! ACTING and FOUND: what a contact says who was alerted.

use crate::{
    audit::{AuditEvent, Subject},
    deadline::{
        Claimed, Close, DeadlineChange, Kind, Reason, StoredDeadline, Through, Watched, another_acts,
        close_both, found_text,
    },
    messages,
    route::Route,
    sms::{
        command::Args,
        context::TextContext,
        decision::{Decision, Effects},
    },
};

/// The contact deals with the alarm.
pub fn acting(context: &TextContext<'_>, args: &Args) -> Decision {
    let watched = match chosen(context, args, "ACTING") {
        Ok(watched) => watched,
        Err(answer) => return Decision::say(answer),
    };
    let stored = &watched.stored;
    let name = &watched.hiker.trail_name;
    let (state, reply, texts) = match stored.deadline.claim(context.phone, context.at) {
        Claimed::NoAlarm => return Decision::say(messages::claim::no_alert()),
        Claimed::Again => return Decision::say(messages::claim::acting_again(name)),
        Claimed::Noted { deadline, by } => (deadline, messages::claim::noted(&by), Vec::new()),
        Claimed::Acting(deadline) => {
            let route = context.routes.find(&deadline.route).map(Route::name);
            let route = route.unwrap_or(deadline.route.as_str()).to_owned();
            let reply = messages::claim::acting(&watched.hiker, (&deadline, &route));
            let texts = another_acts(&deadline, context.phone, name, context.at);
            (deadline, reply, texts)
        }
    };
    let change = DeadlineChange {
        texts,
        ..DeadlineChange::of(stored, state)
    };
    Decision::say(reply).with(Effects {
        deadlines: vec![change],
        audit: vec![event(context, watched, "deadline.claimed")],
        ..Effects::default()
    })
}

/// The contact knows that the hiker is safe: the alarm is over. Everybody reads who said it.
pub fn found(context: &TextContext<'_>, args: &Args) -> Decision {
    let watched = match chosen(context, args, "FOUND") {
        Ok(watched) => watched,
        Err(answer) => return Decision::say(answer),
    };
    let stored = &watched.stored;
    let name = &watched.hiker.trail_name;
    let alarm = stored.deadline.alarm.as_ref();
    let contact = alarm.and_then(|alarm| alarm.contact(context.phone));
    let by = match contact {
        Some(contact) if !contact.name.is_empty() => contact.name.clone(),
        _ => context.phone.masked(),
    };
    let closing = Close {
        stored,
        beside: ends_too(watched, context),
        trail_name: name,
        contacts: &watched.hiker.contacts,
        textable: &context.rules.textable,
        through: Through::Text,
        at: context.at,
    };
    let reason = Reason::Found { by: by.clone() };
    let (deadlines, mut outgoing) = close_both(closing, &reason, Some(context.phone));
    outgoing.push(found_text(&stored.deadline, &by, context.at));
    Decision::say(messages::claim::found(name)).with(Effects {
        deadlines,
        outgoing,
        audit: vec![event(context, watched, "deadline.closed").with("how", "found")],
        ..Effects::default()
    })
}

/// What ends as well because the hiker is found: a time that has passed. One that lies ahead stays, because the walk goes on.
fn ends_too<'a>(watched: &'a Watched, context: &TextContext<'_>) -> Option<&'a StoredDeadline> {
    let beside = watched.beside.as_deref()?;
    let is_over = beside.deadline.kind == Kind::Call || beside.deadline.due_at <= context.at;
    is_over.then_some(beside)
}

/// What a contact reads who was alerted and writes something else.
pub(super) fn near_miss(context: &TextContext<'_>) -> Option<String> {
    is_alerted(context).then(messages::claim::deal_with_it)
}

/// Whether the sender was alerted in an alarm that is open.
pub(super) fn is_alerted(context: &TextContext<'_>) -> bool {
    open(context).next().is_some()
}

/// The open alarms in which the sender was alerted, with their numbers. An alarm that is over keeps its number while it
/// is remembered, so that a number never comes to mean another hiker between the question and the answer.
fn open<'a>(context: &TextContext<'a>) -> impl Iterator<Item = (usize, &'a Watched)> {
    let alarms = (1..).zip(&context.sender.alarms);
    alarms.filter(|(_, watched)| watched.stored.deadline.is_open())
}

/// The alarm that the contact means; else what to answer.
fn chosen<'a>(context: &TextContext<'a>, args: &Args, word: &str) -> Result<&'a Watched, String> {
    let number = args.first().parse::<usize>().ok();
    let numbered = number.and_then(|number| number.checked_sub(1));
    if let Some(watched) = numbered.and_then(|place| context.sender.alarms.get(place)) {
        return if watched.stored.deadline.is_open() {
            Ok(watched)
        } else {
            Err(over(watched))
        };
    }
    let open: Vec<(usize, &Watched)> = open(context).collect();
    match open.as_slice() {
        [] => Err(match context.sender.alarms.last() {
            Some(last) => over(last),
            None => messages::claim::no_alert(),
        }),
        [(_, only)] if number.is_none() => Ok(*only),
        several => {
            let hikers = several
                .iter()
                .map(|(number, watched)| (*number, watched.hiker.trail_name.as_str()));
            Err(messages::claim::which(word, &hikers.collect::<Vec<_>>()))
        }
    }
}

fn over(last: &Watched) -> String {
    let deadline = &last.stored.deadline;
    match &deadline.closed {
        Some(closed) => messages::claim::over_since(&last.hiker.trail_name, deadline, closed.at),
        None => messages::claim::no_alert(),
    }
}

fn event(context: &TextContext<'_>, watched: &Watched, action: &'static str) -> AuditEvent {
    let user = watched.stored.deadline.user;
    AuditEvent::new(context.at, context.actor(), action, Subject::User(user))
        .with("deadline", watched.stored.id.get())
}
