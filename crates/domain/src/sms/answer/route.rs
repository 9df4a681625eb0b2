//! ROUTE: the codes of the hiker's own route, page by page.

use crate::{
    sms::{
        case::{Case, Decision},
        command::Args,
    },
    words,
};

/// Says a page of codes.
pub fn run(case: &Case<'_>, args: &Args) -> Decision {
    let Some(route) = case.route() else {
        return Decision::say(words::check_in::unknown_route());
    };
    let number = args.first().parse().unwrap_or(1);
    Decision::say(words::routes::page(route, number).unwrap_or_else(|| words::routes::no_such_page(route)))
}
