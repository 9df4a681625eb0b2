//! `GET /admin/accounts`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;
use thunderbird_domain::admin::AccountFilter;

use super::{
    PAGE,
    frame::{self, Frame},
    view::{Eyes, older, people::AccountView, visible},
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, Seat},
};

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    email: String,
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "admin/accounts.html")]
struct AccountsPage {
    frame: Frame,
    email: String,
    accounts: Vec<AccountView>,
    older: String,
}

/// Accounts by e-mail, newest first.
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
    let email = Some(search.email.trim().to_ascii_lowercase()).filter(|email| !email.is_empty());
    let found = app
        .console
        .reader
        .accounts(
            AccountFilter {
                email,
                before: search.before,
            },
            PAGE,
        )
        .await?;
    let page = AccountsPage {
        frame: Frame::of(&seat, "/admin/accounts", None),
        accounts: found
            .items
            .iter()
            .map(|line| AccountView::of(line, Eyes::Masked))
            .collect(),
        older: older("/admin/accounts", &[("email", &search.email)], found.next),
        email: visible(&search.email),
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}
