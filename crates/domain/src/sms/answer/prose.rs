//! Answers to texts that are no command. They change nothing and text no contact: only the answer fits what was meant.

use super::{alarm, contact, deadline, relation};
use crate::{
    messages,
    route::Waypoint,
    sms::{
        command::{Args, Meaning},
        context::TextContext,
        decided::Decided,
        decision::Decision,
        inbound::TextOutcome,
        remark::{Remark, reports_arrival},
        verb::Verb,
    },
    user::CheckInRefusal,
};

/// Calls for help of one sender that are answered in an hour; after that one in ten minutes is.
const DISTRESS_ANSWERS: u32 = 20;

/// Answers a call for help. It stands above prompts, limits and conversations, and changes nothing of theirs.
pub(in crate::sms) fn distress(context: &TextContext<'_>) -> Decided {
    let history = &context.sender.history;
    let is_over = history.distress >= DISTRESS_ANSWERS && history.recent_distress;
    let reply = messages::help::distress(context.emergency_number());
    Decided {
        decision: if is_over {
            Decision::default()
        } else {
            Decision::say(reply)
        },
        outcome: if is_over {
            TextOutcome::OverLimit
        } else {
            TextOutcome::Distress
        },
    }
}

/// Answers a text that is neither a command nor the answer to a question.
pub(in crate::sms) fn run(context: &TextContext<'_>) -> Decided {
    let asked = context.user().and_then(deadline::near_miss);
    let missed = asked.or_else(|| alarm::near_miss(context));
    if let Some(reply) = missed.filter(|_| !contact::is_asked(context)) {
        return hint(context, reply);
    }
    let nearest = nearest(context, &context.text.typed);
    let remark = Remark::of(&context.text.typed, &context.text.normal, !nearest.is_empty());
    let emergency = context.emergency_number();
    let is_hiker = context.user().is_some();
    let reply = match remark {
        Remark::Courtesy => return Decided::silent(Decision::default()),
        Remark::WantsStop => messages::help::to_stop(),
        // A question about a hiker is as good as STATUS: no program sends it.
        _ if contact::is_asked(context) => return Decided::answered(contact::last_texts(context)),
        _ if context.is_contact() => {
            let Decision { reply, .. } = contact::last_texts(context);
            reply.unwrap_or_default()
        }
        // A failed check-in never gets silence, not even one that comes at a program's pace.
        Remark::Arrival if is_hiker => {
            let reply = messages::check_in::not_done("", &nearest);
            return Decided::answered(Decision::say(reply));
        }
        Remark::News
            if context
                .user()
                .is_some_and(|hiker| hiker.open_deadline().is_some()) =>
        {
            messages::deadline::unchanged()
        }
        Remark::News if is_hiker => messages::help::news(next_camp(context)),
        Remark::Greeting => messages::help::greeting(emergency, is_hiker),
        _ if context.sender.history.hinted => messages::help::unknown_again(emergency),
        _ => messages::help::unknown(emergency),
    };
    hint(context, reply)
}

/// Answers a hiker at a prompt who reports an arrival or other news: the text is no answer to the question, and the
/// hiker could take silence about it for a check-in. The name of a camp alone can be an answer.
pub(in crate::sms) fn at_prompt(context: &TextContext<'_>) -> Option<Decided> {
    context.user()?;
    let text = context.text;
    let nearest = nearest(context, &text.typed);
    let reply = if reports_arrival(&text.normal, !nearest.is_empty()) {
        messages::check_in::not_done("", &nearest)
    } else if Remark::of(&text.typed, &text.normal, false) == Remark::News {
        messages::help::news(next_camp(context))
    } else {
        return None;
    };
    Some(Decided::answered(Decision::say(reply)))
}

/// Whether a camp of the hiker's route is near to the words: at a prompt the text can be meant as a check-in.
pub(in crate::sms) fn names_camp(context: &TextContext<'_>) -> bool {
    !nearest(context, &context.text.typed).is_empty()
}

/// Answers a command's word with something that it cannot be followed by.
pub(in crate::sms) fn misused(context: &TextContext<'_>) -> Option<Decided> {
    let Meaning::Misused(verb, args) = &context.text.meaning else {
        return None;
    };
    if let Some(reply) = alarm::near_miss(context).filter(|_| verb.is_about_promise()) {
        return Some(Decided::answered(Decision::say(reply)));
    }
    if context.is_contact() && *verb == Verb::Ready {
        return Some(Decided::answered(Decision::say(relation::near_miss(context))));
    }
    if context.is_contact() && matches!(verb, Verb::Acting | Verb::Found | Verb::Decline) {
        return Some(run(context));
    }
    if context.is_contact() {
        let is_question = matches!(verb, Verb::Status | Verb::Safe);
        let answer = if is_question { Verb::Status } else { *verb };
        return Some(Decided::answered(contact::instead_of(context, answer)));
    }
    let is_check_in = *verb == Verb::CheckIn;
    if let Some(reply) = context
        .user()
        .and_then(|hiker| deadline::misused(context, hiker, *verb))
    {
        return Some(Decided::answered(Decision::say(reply)));
    }
    // Without a promise "back at camp" is what anybody would say.
    if verb.is_about_promise() && context.user().is_some() {
        return Some(run(context));
    }
    let reply = if is_check_in && context.user().is_some() {
        misused_check_in(context, args)
    } else {
        messages::help::misused(verb.entry().usage)
    };
    Some(Decided::answered(Decision::say(reply)))
}

/// The line to copy for a check-in with words too many, too few or in another order.
fn misused_check_in(context: &TextContext<'_>, args: &Args) -> String {
    let nearest = nearest(context, &args.tail);
    let names_peak = context
        .route()
        .zip(args.words.first())
        .and_then(|(route, word)| route.peak(word));
    match (names_peak, nearest.as_slice()) {
        (Some(peak), []) => {
            let camp = context.route().and_then(|route| route.camp_next_to(peak));
            messages::check_in::refused(CheckInRefusal::Peak, peak.code.as_str(), camp.as_slice())
        }
        (_, []) => messages::help::misused_check_in(next_camp(context)),
        (_, nearest) => messages::check_in::not_done("", nearest),
    }
}

/// A hiker or a contact is always answered, unless it is a program; a stranger once in ten minutes.
fn hint(context: &TextContext<'_>, reply: String) -> Decided {
    let history = &context.sender.history;
    let is_known = context.user().is_some() || context.is_contact() || alarm::is_alerted(context);
    if history.hinted && (history.is_robot || !is_known) {
        return Decided::silent(Decision::default());
    }
    Decided {
        decision: Decision::say(reply),
        outcome: TextOutcome::Hinted,
    }
}

/// The camps of the hiker's route that the words probably mean.
pub(super) fn nearest<'a>(context: &TextContext<'a>, typed: &str) -> Vec<&'a Waypoint> {
    context
        .route()
        .map(|route| route.nearest_camps(typed))
        .unwrap_or_default()
}

/// The code of the camp after the last check-in, or of the first camp, for an example that can be copied.
fn next_camp<'a>(context: &TextContext<'a>) -> Option<&'a str> {
    let route = context.route()?;
    let last = context.user()?.user.position.as_ref();
    let passed = last
        .filter(|_| route.is_ordered())
        .and_then(|position| route.camps().position(|camp| camp.code.as_str() == position.code))
        .map_or(0, |place| place.saturating_add(1));
    let next = route.camps().nth(passed).or_else(|| route.camps().last());
    next.map(|camp| camp.code.as_str())
}
