//! STATUS: where the hiker stands.

use crate::{
    sms::{
        case::{Case, Decision},
        command::Args,
    },
    words,
};

/// Says where the hiker stands.
pub fn run(case: &Case<'_>, _: &Args) -> Decision {
    match case.user() {
        Some(stored) => Decision::say(words::replies::status(stored, case.route())),
        None => Decision::say(words::help::unregistered()),
    }
}
