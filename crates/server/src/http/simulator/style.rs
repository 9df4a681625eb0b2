//! `GET /simulator/simulator.css`: how the page looks.

use actix_web::HttpResponse;

use super::request::SimulatorUser;

/// Answers the style sheet.
pub async fn handle(_user: SimulatorUser) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(include_str!("pages/simulator.css"))
}
