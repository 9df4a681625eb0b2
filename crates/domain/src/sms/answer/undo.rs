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
        Prepared::Nothing | Prepared::Phone(_) | Prepared::Budget(_) | Prepared::Trip(_) => {
            Err(TakeBackRefusal::NoCheckIn)
        }
    };
    match taken {
        Ok(taken) => {
            Decision::say(messages::check_in::taken_back(&taken.camp_name, taken.stays)).with(Effects {
                user: Some(taken.change),
                counts: taken.counts,
                audit: vec![taken.audit],
                ..Effects::default()
            })
        }
        Err(refusal) => Decision::say(messages::check_in::not_taken_back(refusal)),
    }
}
