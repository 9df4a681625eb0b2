//! HELP: what can be texted.

use crate::{
    messages,
    sms::{
        case::{Case, Decision},
        command::Args,
        dispatch::help_lines,
    },
};

/// Says what can be texted.
pub fn run(case: &Case<'_>, _: &Args) -> Decision {
    Decision::say(messages::help::help(case.emergency_number(), &help_lines()))
}
