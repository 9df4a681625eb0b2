//! `GET /admin/accounts/{id}`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use thunderbird_domain::{account::AccountId, admin::AccountPage};

use super::{
    Named,
    frame::{self, Frame},
    notice::Notice,
    view::{
        Redaction,
        people::{AccountView, LinkView, SessionView},
    },
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
    problem::Problem,
};

#[derive(Template)]
#[template(path = "admin/account.html")]
struct Page {
    frame: Frame,
    account: AccountView,
    revealed: bool,
    sessions: Vec<SessionView>,
    links: Vec<LinkView>,
}

/// An account: sessions and numbers. Never a password, never a token.
///
/// # Errors
///
/// 404 if the account does not exist.
pub async fn handle(
    admin: CurrentAdmin,
    id: Path<i64>,
    query: Query<Named>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let found = app.console.account(AccountId::from_stored(*id)).await?;
    let page = found.ok_or_else(Problem::not_found)?;
    Ok(render(&admin, &page, Redaction::Masked, query.notice())?)
}

pub(super) fn render(
    admin: &CurrentAdmin,
    page: &AccountPage,
    redaction: Redaction,
    notice: Option<Notice>,
) -> Result<HttpResponse, Problem> {
    let links = page.links.iter();
    let page = Page {
        frame: Frame::of(admin, "/admin/accounts", notice),
        account: AccountView::of(&page.account, redaction),
        revealed: redaction == Redaction::Revealed,
        sessions: page.sessions.iter().map(SessionView::from).collect(),
        links: links.map(|line| LinkView::of(line, redaction)).collect(),
    };
    frame::page(StatusCode::OK, &page)
}
