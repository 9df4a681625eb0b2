//! `GET /admin/users`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;
use thunderbird_domain::{
    admin::{Cursor, PageOf, UserLine, UserSearch},
    route::Route,
};

use super::{
    frame::{self, Frame},
    notice::Notice,
    view::{
        Redaction, older,
        people::{RouteChoice, UserView, route_choices},
        visible,
    },
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
};

/// Fields of the search form.
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
    admin: CurrentAdmin,
    query: Query<Search>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let search = query.into_inner();
    let asked = UserSearch {
        phone: &search.phone,
        name: &search.name,
        route: &search.route,
        before: search.before.map(Cursor::below),
    };
    let found = app.console.users(&admin.caller, asked).await?;
    let frame = Frame::of(&admin, "/admin/users", Notice::named(search.notice.as_deref()));
    let page = UsersPage::of(frame, search, &found, app.console.routes());
    Ok(frame::page(StatusCode::OK, &page)?)
}

impl UsersPage {
    fn of(frame: Frame, search: Search, found: &PageOf<UserLine>, routes: &[Route]) -> Self {
        let filters = [
            ("phone", &*search.phone),
            ("name", &*search.name),
            ("route", &*search.route),
        ];
        let users = found.items.iter();
        Self {
            frame,
            routes: route_choices(routes),
            users: users
                .map(|line| UserView::of(line, routes, Redaction::Masked))
                .collect(),
            older: older("/admin/users", &filters, found.next),
            filter: Search {
                phone: visible(&search.phone),
                name: visible(&search.name),
                ..search
            },
        }
    }
}
