//! `GET /docs/page.css`

use actix_web::HttpResponse;

/// Serves assets/docs/page.css.
pub async fn handle() -> HttpResponse {
    super::answer(
        "text/css; charset=utf-8",
        include_str!("../../../assets/docs/page.css"),
    )
}
