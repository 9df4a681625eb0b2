//! CHECKIN: the decision stands in `user::check_in`; here it becomes an answer.

use super::prose;
use crate::{
    messages,
    route::Waypoint,
    sms::{
        command::Args,
        context::{Prepared, TextContext},
        decision::{Decision, Effects},
    },
    user::{CheckInRefusal, CheckInSource, CheckedIn, PromiseClosed, StoredUser, check_in, heard},
};

/// Checks the hiker in.
pub fn run(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let code = args.first();
    let (route, camp) = match hiker.camp(code, context.routes) {
        Ok(place) => place,
        Err(refusal) => {
            let nearest = nearest_to(context, refusal, args);
            return Decision::say(messages::check_in::refused(refusal, code, &nearest));
        }
    };
    let Prepared::Budget(budget) = context.prepared.clone() else {
        return Decision::default();
    };
    let heard = heard(hiker, &context.rules.textable, &context.moment());
    let decision = match check_in(
        hiker,
        (route, camp),
        (&context.rules.textable, *budget),
        CheckInSource::Sms,
        &context.moment(),
    ) {
        CheckedIn::Announced(announced) => {
            let reply = messages::check_in::announced(route, camp, context.at, &announced.recipients);
            Decision::say(reply).with(Effects {
                user: Some(announced.change),
                outgoing: announced.outgoing,
                counts: announced.counts,
                audit: vec![announced.audit],
                ..Effects::default()
            })
        }
        CheckedIn::Repeated { announced_at } => {
            Decision::say(messages::check_in::repeated(route, camp, announced_at))
        }
    };
    about_promise(decision, hiker, heard)
}

/// Adds what the check-in means for the promised time: a reminder before it, the end of the questions after it. A call for
/// help goes on.
fn about_promise(mut decision: Decision, hiker: &StoredUser, heard: Option<PromiseClosed>) -> Decision {
    let mut lines = Vec::new();
    if let Some(standing) = hiker.open_deadline() {
        lines.push(match heard {
            None => messages::deadline::still_due(&standing.deadline),
            Some(closed) => {
                decision.effects.deadlines.push(closed.change);
                decision.effects.outgoing.extend(closed.outgoing);
                decision.effects.audit.push(closed.audit);
                messages::deadline::heard(&standing.deadline)
            }
        });
    }
    if hiker.asked_alarm().is_some() {
        lines.push(messages::call::still_open());
    }
    for line in lines {
        decision.reply = decision.reply.map(|reply| format!("{reply}\n{line}"));
    }
    decision
}

/// The camps to name after a refusal: those that the typed word probably means, or the one nearest to a peak.
fn nearest_to<'a>(context: &TextContext<'a>, refusal: CheckInRefusal, args: &Args) -> Vec<&'a Waypoint> {
    match (refusal, context.route()) {
        (CheckInRefusal::Peak, Some(route)) => {
            let peak = route.peak(args.first());
            peak.and_then(|peak| route.camp_next_to(peak))
                .into_iter()
                .collect()
        }
        _ => prose::nearest(context, &args.tail),
    }
}
