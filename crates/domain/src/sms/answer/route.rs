//! ROUTE: the codes of the hiker's own route, page by page.

use crate::{
    messages,
    sms::{
        case::{Case, Decision},
        command::Args,
    },
};

/// Says a page of codes.
pub fn run(case: &Case<'_>, args: &Args) -> Decision {
    let Some(route) = case.route() else {
        return Decision::say(messages::check_in::unknown_route());
    };
    let number = args.first().parse().unwrap_or(1);
    Decision::say(
        messages::routes::page(route, number).unwrap_or_else(|| messages::routes::no_such_page(route)),
    )
}
