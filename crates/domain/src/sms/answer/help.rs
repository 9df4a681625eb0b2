//! HELP: what can be texted.

use super::contact;
use crate::{
    messages,
    sms::{command::Args, context::TextContext, decision::Decision, verb::help_lines},
};

/// Says what can be texted.
pub fn run(context: &TextContext<'_>, _: &Args) -> Decision {
    if context.is_contact() {
        return contact::last_texts(context);
    }
    let lines = help_lines(context.has_forecasts);
    Decision::say(messages::help::help(context.emergency_number(), &lines))
}
