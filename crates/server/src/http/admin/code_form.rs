//! `GET /admin/code`

use actix_web::{HttpResponse, http::StatusCode, web::Query};
use askama::Template;

use super::{
    frame::{self, Frame},
    notice::Notice,
};
use crate::http::{
    admin::Named,
    extract::console::{AwaitingAdmin, ConsoleRefusal, CurrentAdmin},
    problem::Problem,
};

#[derive(Template)]
#[template(path = "admin/code.html")]
struct CodePage {
    frame: Frame,
}

/// The form for the second factor.
///
/// # Errors
///
/// 303 for whoever need not give one.
pub async fn handle(
    AwaitingAdmin(admin): AwaitingAdmin,
    query: Query<Named>,
) -> Result<HttpResponse, ConsoleRefusal> {
    Ok(render(StatusCode::OK, &admin, query.notice())?)
}

pub(super) fn render(
    status: StatusCode,
    admin: &CurrentAdmin,
    notice: Option<Notice>,
) -> Result<HttpResponse, Problem> {
    frame::page(
        status,
        &CodePage {
            frame: Frame::awaiting(admin, notice),
        },
    )
}
