//! CAST: recognised, and answered with the truth.

use crate::{
    sms::{
        case::{Case, Decision},
        command::Args,
    },
    words,
};

/// Says that there are no forecasts.
pub fn run(_: &Case<'_>, _: &Args) -> Decision {
    Decision::say(words::replies::no_forecast())
}
