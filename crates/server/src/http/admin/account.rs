//! `GET /admin/accounts/{id}`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use thunderbird_domain::{account::AccountId, admin::AccountPage};

use super::{
    frame::{self, Frame},
    notice::Notice,
    view::{
        Eyes,
        people::{AccountView, LinkView, SessionView},
    },
};
use crate::http::{
    admin::Named,
    app::App,
    extract::console::{ConsoleRefusal, Seat},
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
/// 404 when there is no such account.
pub async fn handle(
    seat: Seat,
    id: Path<i64>,
    query: Query<Named>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let id = AccountId::from_stored(id.into_inner());
    let page = app
        .console
        .reader
        .account(id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(render(&seat, &page, Eyes::Masked, query.notice())?)
}

pub(super) fn render(
    seat: &Seat,
    page: &AccountPage,
    eyes: Eyes,
    notice: Option<Notice>,
) -> Result<HttpResponse, Problem> {
    let page = Page {
        frame: Frame::of(seat, "/admin/accounts", notice),
        account: AccountView::of(&page.account, eyes),
        revealed: eyes == Eyes::Revealed,
        sessions: page.sessions.iter().map(SessionView::from).collect(),
        links: page.links.iter().map(|line| LinkView::of(line, eyes)).collect(),
    };
    frame::page(StatusCode::OK, &page)
}
