//! `GET /admin/console.css`

use actix_web::{HttpResponse, http::header};

const STYLE: &str = include_str!("../../../assets/console.css");

/// The console's style sheet. It may be kept for an hour; it says nothing about anybody.
pub async fn handle() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(STYLE)
}
