//! STATUS: where the hiker stands.

use crate::{
    messages,
    sms::{command::Args, context::TextContext, decision::Decision},
    user::StoredUser,
};

/// Says where the hiker stands.
pub fn run(context: &TextContext<'_>, hiker: &StoredUser, _: &Args) -> Decision {
    Decision::say(messages::replies::status(hiker, context.route()))
}
