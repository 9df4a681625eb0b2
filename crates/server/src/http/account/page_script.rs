//! `GET /account-pages.js`: the one script of the pages that mailed links open.

use actix_web::HttpResponse;

/// The script.
pub async fn handle() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(include_str!("pages/account-pages.js"))
}
