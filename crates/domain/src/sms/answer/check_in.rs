//! CHECKIN: the decision stands in `user::check_in`; here it becomes an answer.

use crate::{
    messages,
    sms::{
        case::{Case, Decision},
        command::Args,
    },
    user::{CheckInSource, CheckedIn, check_in},
};

/// Checks the hiker in.
pub fn run(case: &Case<'_>, args: &Args) -> Decision {
    let Some(stored) = case.user() else {
        return Decision::say(messages::help::unregistered());
    };
    let code = args.first();
    let (route, camp) = match stored.camp(code, case.routes) {
        Ok(place) => place,
        Err(refusal) => return Decision::say(messages::check_in::refused(refusal, code)),
    };
    match check_in(
        stored,
        (route, camp),
        &case.rules.textable,
        CheckInSource::Sms,
        &case.moment(),
    ) {
        CheckedIn::Announced(announced) => Decision {
            reply: Some(messages::check_in::announced(
                route,
                camp,
                case.at,
                &announced.told,
            )),
            user: Some(announced.change),
            outgoing: announced.outgoing,
            audit: vec![announced.audit],
            ..Decision::default()
        },
        CheckedIn::Repeated { announced_at } => {
            Decision::say(messages::check_in::repeated(route, camp, announced_at))
        }
    }
}
