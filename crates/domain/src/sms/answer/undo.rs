//! UNDO: the decision stands in `user::take_back`; here it becomes an answer.

use crate::{
    budget::Budget,
    messages,
    sms::{
        command::Args,
        context::{Prepared, TextContext},
        decision::{Decision, Effects},
    },
    user::{StoredUser, TakeBackRefusal, take_back},
};

/// Takes the last check-in back.
pub fn run(context: &TextContext<'_>, hiker: &StoredUser, _: &Args) -> Decision {
    let taken = match context.prepared {
        Prepared::CheckIns(newest, budget) => take_back(
            hiker,
            (newest, Budget::clone(budget)),
            context.routes,
            &context.moment(),
        ),
        Prepared::Nothing
        | Prepared::Phone(_)
        | Prepared::Budget(_)
        | Prepared::Trip(_)
        | Prepared::Forecast(_)
        | Prepared::Call(_) => Err(TakeBackRefusal::NoCheckIn),
    };
    match taken {
        Ok(taken) => {
            let reply = messages::check_in::taken_back(&taken.camp_name, taken.stays, taken.ended.as_ref());
            let still_due = hiker
                .open_deadline()
                .map(|standing| messages::deadline::still_due(&standing.deadline));
            let lines: Vec<String> = [Some(reply), still_due].into_iter().flatten().collect();
            Decision::say(lines.join("\n")).with(Effects {
                user: Some(taken.change),
                counts: taken.counts,
                audit: vec![taken.audit],
                ..Effects::default()
            })
        }
        Err(refusal) => Decision::say(messages::check_in::not_taken_back(refusal)),
    }
}
