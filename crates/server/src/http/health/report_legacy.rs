//! `GET /health`: the same report where older clients look for it.

use actix_web::{HttpResponse, web::Data};

use super::report;
use crate::http::app::App;

/// The report of `/api/health`.
#[utoipa::path(get, path = "/health", responses(
    (status = 200, description = "Everything needed is there.", body = report::HealthReport),
    (status = 503, description = "Something needed is missing.", body = report::HealthReport),
))]
pub async fn handle(app: Data<App>) -> HttpResponse {
    report::handle(app).await
}
