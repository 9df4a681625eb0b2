//! `GET /simulator/simulator.css` and `/simulator/simulator.js`: the style and the script of the page.

use actix_web::{HttpRequest, HttpResponse};

use super::request::SimulatorUser;
use crate::http::{assets, problem::Problem};

/// Serves the file, to those only who may see the page.
///
/// # Errors
///
/// 404 to anybody else.
pub async fn handle(_user: SimulatorUser, request: HttpRequest) -> Result<HttpResponse, Problem> {
    assets::handle(request).await
}
