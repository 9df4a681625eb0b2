//! `GET /simulator/simulator.js`: the page's own script.

use actix_web::HttpResponse;

use super::request::SimulatorUser;

/// Answers the script.
pub async fn handle(_user: SimulatorUser) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(include_str!("pages/simulator.js"))
}
