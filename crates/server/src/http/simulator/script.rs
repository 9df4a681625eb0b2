//! `GET /simulator/simulator.js`: the page's own script.

use actix_web::HttpResponse;

use super::door::Insider;

/// Answers the script.
pub async fn handle(_insider: Insider) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(include_str!("pages/simulator.js"))
}
