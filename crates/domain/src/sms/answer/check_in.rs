//! CHECKIN: the decision stands in `user::check_in`; here it becomes an answer.

use crate::{
    sms::{
        case::{Case, Decision},
        command::Args,
    },
    user::{CheckInSource, CheckedIn, check_in},
    words,
};

/// Checks the hiker in.
pub fn run(case: &Case<'_>, args: &Args) -> Decision {
    let Some(stored) = case.user() else {
        return Decision::say(words::help::unregistered());
    };
    let code = args.first();
    let (route, camp) = match stored.camp(code, case.routes) {
        Ok(place) => place,
        Err(refusal) => return Decision::say(words::check_in::refused(refusal, code)),
    };
    match check_in(
        stored,
        (route, camp),
        &case.rules.textable,
        (CheckInSource::Sms, case.seed, case.at),
    ) {
        CheckedIn::Announced(announced) => Decision {
            reply: Some(words::check_in::announced(route, camp, case.at, &announced.told)),
            user: Some(announced.change),
            outgoing: announced.outgoing,
            audit: vec![announced.audit],
            ..Decision::default()
        },
        CheckedIn::Repeated { announced_at } => {
            Decision::say(words::check_in::repeated(route, camp, announced_at))
        }
    }
}
