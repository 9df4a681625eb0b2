//! CAST: recognised, and answered with the truth.

use crate::{
    messages,
    sms::{command::Args, context::TextContext, decision::Decision},
    user::StoredUser,
};

/// Says that there are no forecasts.
pub fn run(_: &TextContext<'_>, _: &StoredUser, _: &Args) -> Decision {
    Decision::say(messages::replies::no_forecast())
}
