//! `GET /admin/accounts`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::Deserialize;
use thunderbird_domain::admin::{AccountSearch, Cursor};

use super::{
    frame::{self, Frame},
    view::{Redaction, older, people::AccountView, visible},
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
};

/// Fields of the search form.
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
    admin: CurrentAdmin,
    query: Query<Search>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let asked = AccountSearch {
        email: &query.email,
        before: query.before.map(Cursor::below),
    };
    let found = app.console.accounts(&admin.caller, asked).await?;
    let accounts = found.items.iter();
    let page = AccountsPage {
        frame: Frame::of(&admin, "/admin/accounts", None),
        accounts: accounts
            .map(|line| AccountView::of(line, Redaction::Masked))
            .collect(),
        older: older("/admin/accounts", &[("email", &query.email)], found.next),
        email: visible(&query.email),
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}
