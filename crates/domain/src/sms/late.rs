//! What is done about a text that was fetched, because no webhook brought it.
//!
//! The sender does not know that the text did not reach us at once, and may have gone on since. So the text counts from
//! the date that the provider gives it where it tells us a time, and a text that the sender has overtaken does nothing.

use std::time::Duration;

use super::{
    command::{Meaning, ParsedText},
    context::{Prepared, TextContext},
    decide::decide,
    decided::Decided,
    decision::{Decision, Effects},
    keyword::Keyword,
    text_outcome::TextOutcome,
    verb::Verb,
};
use crate::{
    deadline::{How, Kind},
    messages,
    outgoing::{Outgoing, OutgoingText},
    time::Timestamp,
    user::StoredUser,
};

/// A text older than this does nothing, unless it ends something or says when the hiker was or will be where.
const TOO_OLD: Duration = Duration::from_hours(24);

const SECOND: Duration = Duration::from_secs(1);

/// How a text came late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// When the provider received it.
    pub texted_at: Timestamp,
    /// Whether its answer is sent.
    pub is_answered: bool,
}

/// Decides a late text. `context.at` is the present.
pub(super) fn decide_late(context: &TextContext<'_>, late: Late) -> Decided {
    let now = context.at;
    let texted_at = late.texted_at.min(now);
    // The provider's date has no fraction of a second.
    if is_overtaken(context, texted_at.plus(SECOND)) {
        return overtaken(context);
    }
    let tells_time = tells_time(context.text);
    if now.since(texted_at) > TOO_OLD && !tells_time && context.text.keyword != Some(Keyword::Stop) {
        return Decided::silent(Decision::default());
    }
    let at = if tells_time { texted_at } else { now };
    let mut decided = decide(&TextContext { at, ..*context });
    if sets_time_that_passed(&decided.decision.effects, now) {
        return Decided::exempt(Decision::say(messages::late::passed()));
    }
    defer(&mut decided.decision.effects, now.since(at));
    if decided.outcome != TextOutcome::Distress {
        decided.decision.reply = decided.decision.reply.map(|reply| messages::late::answer(&reply));
    }
    decided
}

/// Whether the text says when something was or will be, so that its own date counts.
fn tells_time(text: &ParsedText) -> bool {
    matches!(
        text.meaning,
        Meaning::Command(
            Verb::CheckIn | Verb::Out | Verb::Late | Verb::Back | Verb::Alert,
            _
        )
    )
}

/// Whether the sender has done something since that this text must not undo. A call for help is never overtaken.
fn is_overtaken(context: &TextContext<'_>, texted_at: Timestamp) -> bool {
    if context.text.is_distress {
        return false;
    }
    let Meaning::Command(verb, _) = context.text.meaning else {
        return context.sender.history.newest_command_at > Some(texted_at);
    };
    let hiker = context.user();
    match verb {
        Verb::CheckIn => {
            let position = hiker.and_then(|hiker| hiker.user.position.as_ref());
            position.is_some_and(|position| position.at > texted_at)
        }
        Verb::Back => ends_older(context, texted_at),
        Verb::Alert => is_answered_by_now(hiker, texted_at),
        Verb::Out | Verb::Late => {
            let newest = hiker.and_then(|hiker| hiker.deadline.as_ref());
            newest.is_some_and(|newest| {
                let closed = newest.deadline.closed.as_ref();
                newest.deadline.set_at > texted_at || closed.is_some_and(|closed| closed.at > texted_at)
            })
        }
        Verb::Found => {
            context.sender.history.newest_command_at > Some(texted_at) || is_alerted_since(context, texted_at)
        }
        _ => context.sender.history.newest_command_at > Some(texted_at),
    }
}

/// Whether a BACK from this instant would end what was set or asked for after it.
fn ends_older(context: &TextContext<'_>, texted_at: Timestamp) -> bool {
    let (set_at, asked_at) = if let Prepared::Trip(watched) = context.prepared {
        let own = &watched.stored.deadline;
        let beside = watched.beside.as_ref().and_then(|call| call.deadline.asked_at());
        (own.is_open().then_some(own.set_at), own.asked_at().max(beside))
    } else {
        let promise = context.user().and_then(StoredUser::open_deadline);
        let asked = context.user().and_then(StoredUser::asked_alarm);
        (
            promise.map(|stored| stored.deadline.set_at),
            asked.and_then(|stored| stored.deadline.asked_at()),
        )
    };
    set_at.max(asked_at) > Some(texted_at)
}

/// Whether the sender was alerted after this instant, so that a FOUND from it is about an older alarm.
fn is_alerted_since(context: &TextContext<'_>, texted_at: Timestamp) -> bool {
    context.sender.alarms.iter().any(|watched| {
        let deadline = &watched.stored.deadline;
        let alarm = deadline.alarm.as_ref();
        let alerted_at = alarm
            .and_then(|alarm| alarm.contact(context.phone))
            .map(|contact| contact.alerted_at);
        deadline.is_open() && deadline.asked_at().max(alerted_at) > Some(texted_at)
    })
}

/// Whether the contacts were asked for help after this instant, or the hiker was said to be out or found after it, so that an
/// ALERT or ALERT OFF from that instant is out of date. A check-in does not end a call for help, so it overtakes none, and a
/// time that was moved or withdrawn says nothing of the hiker either. An operator who closed something meanwhile did not know
/// of the ALERT.
fn is_answered_by_now(hiker: Option<&StoredUser>, texted_at: Timestamp) -> bool {
    let rows = hiker.into_iter().flat_map(|hiker| [&hiker.call, &hiker.deadline]);
    rows.flatten().any(|stored| {
        let closed = stored.deadline.closed.as_ref();
        let closed_at = closed
            .filter(|closed| matches!(closed.how, How::Back | How::CalledOff | How::Found | How::Ended))
            .map(|closed| closed.at);
        let asked_at = stored.deadline.asked_at();
        asked_at.max(closed_at) > Some(texted_at)
    })
}

/// A text that the sender has overtaken: a command is answered, unless the sender has repeated it since.
fn overtaken(context: &TextContext<'_>) -> Decided {
    let is_repeated = context.sender.history.same_text > 0;
    let word = context.text.verb().map(Verb::word);
    let reply = word
        .filter(|_| !is_repeated)
        .or_else(|| (context.text.keyword == Some(Keyword::Stop)).then_some("STOP"))
        .map(messages::late::overtaken);
    let decision = Decision {
        reply,
        ..Decision::default()
    };
    if decision.reply.is_some() {
        Decided::answered(decision)
    } else {
        Decided::silent(decision)
    }
}

/// Nothing is set unless it was answered, and a time that has passed cannot be answered any more.
fn sets_time_that_passed(effects: &Effects, now: Timestamp) -> bool {
    let mut new = effects
        .deadlines
        .iter()
        .filter(|change| change.replaces.is_none());
    new.any(|change| change.state.kind == Kind::Out && change.state.due_at <= now)
}

/// What is queued counts from now: it would otherwise be too old to be sent.
fn defer(effects: &mut Effects, by: Duration) {
    let later = |text: &mut OutgoingText| {
        text.not_before = text.not_before.plus(by);
        text.expires_at = text.expires_at.plus(by);
    };
    for outgoing in &mut effects.outgoing {
        match outgoing {
            Outgoing::Text(text) | Outgoing::Newest(text) => later(text),
            Outgoing::Mail(mail) => mail.expires_at = mail.expires_at.plus(by),
            // A page counts from the commit that stores it.
            Outgoing::Page(_) => {}
        }
    }
    for change in &mut effects.deadlines {
        let texts = change.texts.iter_mut().chain(&mut change.stand_downs);
        texts.chain(&mut change.closings).for_each(later);
        for call in &mut change.calls {
            call.not_before = call.not_before.plus(by);
            call.expires_at = call.expires_at.plus(by);
        }
        if change.replaces.is_none() {
            change.state.put_off_call(by);
        }
    }
}
