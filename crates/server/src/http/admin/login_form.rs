//! `GET /admin/login`

use actix_web::{HttpResponse, http::StatusCode, web::Query};
use askama::Template;

use super::{
    frame::{self, Frame},
    notice::Notice,
};
use crate::http::{admin::Named, problem::Problem};

#[derive(Template)]
#[template(path = "admin/login.html")]
struct LoginPage {
    frame: Frame,
}

/// The form to sign in with.
///
/// # Errors
///
/// 500 when the page cannot be rendered.
pub async fn handle(query: Query<Named>) -> Result<HttpResponse, Problem> {
    render(StatusCode::OK, query.notice())
}

pub(super) fn render(status: StatusCode, notice: Option<Notice>) -> Result<HttpResponse, Problem> {
    frame::page(
        status,
        &LoginPage {
            frame: Frame::anonymous(notice),
        },
    )
}
