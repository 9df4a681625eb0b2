//! CHECKIN: the decision stands in `user::check_in`; here it becomes an answer.

use crate::{
    messages,
    sms::{
        command::Args,
        context::TextContext,
        decision::{Decision, Effects},
    },
    user::{CheckInSource, CheckedIn, StoredUser, check_in},
};

/// Checks the hiker in.
pub fn run(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let code = args.first();
    let (route, camp) = match hiker.camp(code, context.routes) {
        Ok(place) => place,
        Err(refusal) => return Decision::say(messages::check_in::refused(refusal, code)),
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
