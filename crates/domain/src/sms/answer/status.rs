//! STATUS: where the hiker stands.

use crate::{
    messages,
    sms::{
        case::{Case, Decision},
        command::Args,
    },
};

/// Says where the hiker stands.
pub fn run(case: &Case<'_>, _: &Args) -> Decision {
    match case.user() {
        Some(stored) => Decision::say(messages::replies::status(stored, case.route())),
        None => Decision::say(messages::help::unregistered()),
    }
}
