//! `GET /docs/page.js`

use actix_web::HttpResponse;

/// Serves assets/docs/page.js.
pub async fn handle() -> HttpResponse {
    super::answer(
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/docs/page.js"),
    )
}
