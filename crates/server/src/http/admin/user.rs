//! `GET /admin/users/{id}`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use thunderbird_domain::{admin::UserPage, user::UserId};

use super::{
    Named,
    frame::{self, Frame},
    notice::Notice,
    view::{
        Redaction,
        people::{CheckInView, ContactView, RouteChoice, UserView, route_choices},
        texts::MessageView,
    },
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
    problem::Problem,
};

#[derive(Template)]
#[template(path = "admin/user.html")]
struct Page {
    frame: Frame,
    user: UserView,
    opted_out: bool,
    revealed: bool,
    contacts: Vec<ContactView>,
    check_ins: Vec<CheckInView>,
    conversation: Vec<MessageView>,
    routes: Vec<RouteChoice>,
}

/// A hiker: position, check-ins, contacts, conversation.
///
/// # Errors
///
/// 404 if the hiker does not exist.
pub async fn handle(
    admin: CurrentAdmin,
    id: Path<i64>,
    query: Query<Named>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let found = app.console.user(UserId::from_stored(*id)).await?;
    let page = found.ok_or_else(Problem::not_found)?;
    Ok(render(&app, &admin, &page, Redaction::Masked, query.notice())?)
}

pub(super) fn render(
    app: &App,
    admin: &CurrentAdmin,
    page: &UserPage,
    redaction: Redaction,
    notice: Option<Notice>,
) -> Result<HttpResponse, Problem> {
    let routes = app.console.routes();
    let contacts = page.contacts.iter();
    let conversation = page.conversation.iter();
    let page = Page {
        frame: Frame::of(admin, "/admin/users", notice),
        user: UserView::of(&page.user, routes, redaction),
        opted_out: page.opted_out,
        revealed: redaction == Redaction::Revealed,
        contacts: contacts.map(|line| ContactView::of(line, redaction)).collect(),
        check_ins: page
            .check_ins
            .iter()
            .map(|line| CheckInView::of(line, redaction))
            .collect(),
        conversation: conversation
            .map(|line| MessageView::of(line, redaction))
            .collect(),
        routes: route_choices(routes),
    };
    frame::page(StatusCode::OK, &page)
}
