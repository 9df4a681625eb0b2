//! HELP: what can be texted.

use crate::{
    sms::{
        case::{Case, Decision},
        command::Args,
        dispatch::help_lines,
    },
    words,
};

/// Says what can be texted.
pub fn run(case: &Case<'_>, _: &Args) -> Decision {
    Decision::say(words::help::help(case.emergency_number(), &help_lines()))
}
