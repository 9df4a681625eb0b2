//! ALERT and ALERT OFF: the hiker asks the contacts for help, and ends it.

use std::time::Duration;

use crate::{
    audit::{AuditEvent, Subject},
    deadline::{Answered, CallForHelp, DeadlineChange, Hiker, Reason, call_for_help},
    messages,
    outgoing::Outgoing,
    page::PageKind,
    sms::{
        command::Args,
        context::{Prepared, PreparedCall, TextContext},
        decision::{Decision, Effects},
        own_words::own_words,
    },
    user::{StoredUser, close_promise},
};

/// A hiker whose ALERT alerts no contact any more is reported to the operator at most once in this time.
const REFUSED_PAGE_EVERY: Duration = Duration::from_mins(20);

/// Asks the contacts for help, or ends that.
pub fn run(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    match context.prepared {
        _ if args.first() == "OFF" => off(context, hiker),
        Prepared::Call(prepared) => ask(context, hiker, prepared),
        _ => Decision::default(),
    }
}

fn ask(context: &TextContext<'_>, stored: &StoredUser, prepared: &PreparedCall) -> Decision {
    let emergency = context.emergency_number();
    let Some(count) = &prepared.count else {
        let page = refused_page(context, stored);
        return Decision::say(messages::call::too_often(emergency)).with(Effects {
            outgoing: page.into_iter().collect(),
            ..Effects::default()
        });
    };
    let known = Hiker {
        trail_name: stored.user.trail_name.as_str().to_owned(),
        contacts: stored.watchers(),
        last_check_in: prepared.last_check_in.clone(),
        last_heard: None,
        stopped: None,
        has_ended: false,
    };
    let moment = context.moment();
    let (deadlines, answered) = call_for_help(&CallForHelp {
        user: stored.id,
        phone: &stored.user.phone,
        hiker: &known,
        route: &stored.user.route,
        promise: stored.open_deadline(),
        call: stored.open_call(),
        words: &own_words(&prepared.texts),
        routes: context.routes,
        textable: &context.rules.textable,
        region: context.rules.region,
        moment: &moment,
        calls: context.rules.calls,
    });
    let action = match answered {
        Answered::Opened => "alarm.asked",
        Answered::Raised => "alarm.raised",
        Answered::Stands { .. } => "alarm.asked_again",
    };
    let texts: usize = deadlines.iter().map(|change| change.texts.len()).sum();
    let audit = AuditEvent::new(context.at, context.actor(), action, Subject::User(stored.id));
    let opens = !matches!(answered, Answered::Stands { .. });
    let page = deadlines
        .last()
        .filter(|_| opens)
        .and_then(|change| asked_page(context, change));
    let reply = messages::call::asked(&answered, stored, emergency, &context.rules.textable);
    let counts = if deadlines.is_empty() {
        Vec::new()
    } else {
        vec![count.clone()]
    };
    Decision::say(reply).with(Effects {
        deadlines,
        outgoing: page.into_iter().collect(),
        counts,
        audit: vec![audit.with("texts", texts)],
        ..Effects::default()
    })
}

/// The page about a call for help that alerts no contact any more: the operator is the last who can hear of it. The name
/// of the event has its time only by 20 minutes, so that one hiker takes three pages in an hour at most.
fn refused_page(context: &TextContext<'_>, stored: &StoredUser) -> Option<Outgoing> {
    let words = messages::page::alert_refused(context.phone);
    let span = context.at.as_seconds() / REFUSED_PAGE_EVERY.as_secs().cast_signed();
    let event = format!("alert {} {span}", stored.id.get());
    let pagers = &context.rules.pagers;
    let page = pagers.page(PageKind::Distress, event, (words, None));
    page.map(Outgoing::Page)
}

/// The page about a call for help that opens an alarm or raises one.
fn asked_page(context: &TextContext<'_>, change: &DeadlineChange) -> Option<Outgoing> {
    let words = messages::page::alarm_opened(true, change.texts.len());
    let id = change.replaces.map(|(id, _)| id.get());
    let event = format!("{} {}", change.state.tag, context.at.as_micros());
    let pagers = &context.rules.pagers;
    let page = pagers.page(PageKind::AlarmOpened, event, (words, id));
    page.map(Outgoing::Page)
}

/// ALERT OFF: everybody who was alerted is stood down.
fn off(context: &TextContext<'_>, stored: &StoredUser) -> Decision {
    let textable = &context.rules.textable;
    let Some(closed) = close_promise(stored, &Reason::CalledOff, textable, &context.moment()) else {
        return Decision::say(messages::call::none_open(context.emergency_number()));
    };
    let promise = stored.open_deadline().map(|stored| &stored.deadline);
    let ends_promise = stored.open_call().is_none() || closed.beside.is_some();
    let (ended, stands) = if ends_promise {
        (promise, None)
    } else {
        (None, promise)
    };
    let reply = messages::call::called_off(&closed.change.state, (ended, stands), closed.tells(), context.at);
    Decision::say(reply).with(Effects {
        deadlines: closed.changes(),
        outgoing: closed.outgoing,
        audit: vec![closed.audit],
        ..Effects::default()
    })
}

/// The word and how it is mistyped. Names such as Albert are a letter away from it, so the list is fixed.
const NEAR: &[&str] = &[
    "ALERT", "ALERTS", "ALERTED", "ALERTING", "ALERTT", "ALERTE", "ALLERT", "ALEERT", "ALRT", "AERT",
    "ALETR", "ALRET", "LAERT",
];

/// What a hiker reads whose text has the word in it, or one that is like it, and is no command.
pub(super) fn near_miss(context: &TextContext<'_>) -> Option<String> {
    let stored = context.user()?;
    let mut words = context.text.normal.split(' ');
    let is_near = words.any(|word| NEAR.contains(&word));
    is_near.then(|| messages::call::near_miss(stored, context.emergency_number()))
}
