//! `GET /api/health`: the Python version's health report, with real checks.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use thunderbird_domain::time::Timestamp;

use crate::wiring::App;

/// How the service is.
#[derive(Serialize, utoipa::ToSchema)]
pub struct HealthReport {
    /// `ok` or `degraded`.
    #[schema(examples("ok"))]
    status: &'static str,
    /// When this was looked at (RFC 3339, UTC).
    #[schema(examples("2026-11-22T08:00:00Z"))]
    timestamp: String,
    /// Each part: `ok`, `degraded`, `down`, `simulator` or `off`.
    #[schema(value_type = BTreeMap<String, String>)]
    services: BTreeMap<&'static str, &'static str>,
    /// The version of the service.
    #[schema(examples("0.1.0"))]
    version: &'static str,
}

/// Looks at every part. Answers 200 when work can be taken on and 503 otherwise, with the same report.
#[utoipa::path(get, path = "/api/health", responses(
    (status = 200, description = "Everything needed is there.", body = HealthReport),
    (status = 503, description = "Something needed is missing.", body = HealthReport),
))]
pub async fn handle(app: Data<App>) -> HttpResponse {
    let report = look(&app).await;
    let mut answer = if report.status == "ok" {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    answer.json(report)
}

/// The report.
pub async fn look(app: &App) -> HealthReport {
    let database = match app.store_health.look().await {
        Ok(condition) if condition.is_ready() => "ok",
        Ok(_) => "degraded",
        Err(_) => "down",
    };
    let now: Timestamp = app.clock.now();
    HealthReport {
        status: if database == "ok" { "ok" } else { "degraded" },
        timestamp: now.floor_to_second().to_string(),
        services: BTreeMap::from([
            ("database", database),
            ("mail", app.edge.mail),
            ("twilio", app.edge.twilio),
        ]),
        version: env!("CARGO_PKG_VERSION"),
    }
}
