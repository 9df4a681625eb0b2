//! `GET /admin/users`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;
use thunderbird_domain::{admin::UserFilter, phone_number::PhoneNumber};

use super::{
    PAGE,
    frame::{self, Frame},
    notice::Notice,
    view::{
        Eyes, older,
        people::{RouteChoice, UserView, route_choices},
        visible,
    },
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, Seat},
};

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    phone: String,
    name: String,
    route: String,
    before: Option<i64>,
    notice: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UsersPage {
    frame: Frame,
    filter: Search,
    routes: Vec<RouteChoice>,
    users: Vec<UserView>,
    older: String,
}

/// Hikers by number, name or route, newest first.
///
/// # Errors
///
/// As everywhere in the console.
pub async fn handle(
    seat: Seat,
    query: Query<Search>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let search = query.into_inner();
    let found = app.console.reader.users(filter(&search, &app), PAGE).await?;
    let routes = app.console.routes.as_ref();
    let filters = [
        ("phone", &*search.phone),
        ("name", &*search.name),
        ("route", &*search.route),
    ];
    let page = UsersPage {
        frame: Frame::of(&seat, "/admin/users", Notice::named(search.notice.as_deref())),
        routes: route_choices(routes),
        users: found
            .items
            .iter()
            .map(|line| UserView::of(line, routes, Eyes::Masked))
            .collect(),
        older: older("/admin/users", &filters, found.next),
        filter: Search {
            phone: visible(&search.phone),
            name: visible(&search.name),
            ..search
        },
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}

fn filter(search: &Search, app: &App) -> UserFilter {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    UserFilter {
        phone: some(&search.phone).map(|typed| number_prefix(&typed, app)),
        name: some(&search.name),
        route: some(&search.route),
        before: search.before,
    }
}

/// A whole number in E.164, or the beginning of one as it was typed.
pub(super) fn number_prefix(typed: &str, app: &App) -> String {
    match PhoneNumber::parse(typed, app.console.region) {
        Ok(phone) => phone.as_str().to_owned(),
        Err(_) => typed
            .chars()
            .filter(|letter| letter.is_ascii_digit() || *letter == '+')
            .collect(),
    }
}
