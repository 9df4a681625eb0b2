//! ROUTE: the codes of the hiker's own route, page by page.

use crate::{
    messages,
    sms::{command::Args, context::TextContext, decision::Decision},
    user::StoredUser,
};

/// Says a page of codes.
pub fn run(context: &TextContext<'_>, _: &StoredUser, args: &Args) -> Decision {
    let Some(route) = context.route() else {
        return Decision::say(messages::check_in::unknown_route());
    };
    let number = args.first().parse().unwrap_or(1);
    Decision::say(
        messages::routes::page(route, number).unwrap_or_else(|| messages::routes::no_such_page(route)),
    )
}
