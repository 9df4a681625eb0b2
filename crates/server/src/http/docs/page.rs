//! `GET /docs`

use actix_web::HttpResponse;

/// Serves assets/docs/page.html.
pub async fn handle() -> HttpResponse {
    super::answer(
        "text/html; charset=utf-8",
        include_str!("../../../assets/docs/page.html"),
    )
}
