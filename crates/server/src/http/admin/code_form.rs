//! `GET /admin/code`

use actix_web::{HttpResponse, http::StatusCode, web::Query};
use askama::Template;

use super::{
    frame::{self, Frame},
    notice::Notice,
};
use crate::http::{
    admin::Named,
    extract::console::{AwaitingSeat, ConsoleRefusal, Seat},
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
    AwaitingSeat(seat): AwaitingSeat,
    query: Query<Named>,
) -> Result<HttpResponse, ConsoleRefusal> {
    Ok(render(StatusCode::OK, &seat, query.notice())?)
}

pub(super) fn render(
    status: StatusCode,
    seat: &Seat,
    notice: Option<Notice>,
) -> Result<HttpResponse, Problem> {
    frame::page(
        status,
        &CodePage {
            frame: Frame::awaiting(seat, notice),
        },
    )
}
