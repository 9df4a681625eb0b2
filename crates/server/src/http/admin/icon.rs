//! `GET /admin/icon.svg`

use actix_web::{HttpResponse, http::header};

const ICON: &str = include_str!("../../../assets/icon.svg");

/// The console's icon in a browser's tab.
pub async fn handle() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(ICON)
}
