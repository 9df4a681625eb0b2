//! CAST: recognised, and answered with the truth.

use crate::{
    messages,
    sms::{
        case::{Case, Decision},
        command::Args,
    },
};

/// Says that there are no forecasts.
pub fn run(_: &Case<'_>, _: &Args) -> Decision {
    Decision::say(messages::replies::no_forecast())
}
