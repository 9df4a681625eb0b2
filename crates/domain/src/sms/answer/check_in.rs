//! CHECKIN: the decision stands in `user::check_in`; here it becomes an answer.

use super::prose;
use crate::{
    messages,
    route::Waypoint,
    sms::{
        command::Args,
        context::TextContext,
        decision::{Decision, Effects},
    },
    user::{CheckInRefusal, CheckInSource, CheckedIn, StoredUser, check_in},
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
    match check_in(
        hiker,
        (route, camp),
        &context.rules.textable,
        CheckInSource::Sms,
        &context.moment(),
    ) {
        CheckedIn::Announced(announced) => {
            let reply = messages::check_in::announced(route, camp, context.at, &announced.recipients);
            Decision::say(reply).with(Effects {
                user: Some(announced.change),
                outgoing: announced.outgoing,
                audit: vec![announced.audit],
                ..Effects::default()
            })
        }
        CheckedIn::Repeated { announced_at } => {
            Decision::say(messages::check_in::repeated(route, camp, announced_at))
        }
    }
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
