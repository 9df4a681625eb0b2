//! `GET /readyz`: work can be taken on.

use std::time::Duration;

use actix_web::{HttpResponse, http::StatusCode, web::Data};

use crate::http::{app::App, problem::Problem};

/// When to look again at what is not ready: it takes somebody's hand.
pub const NOT_READY_RETRY: Duration = Duration::from_secs(30);

/// Asks the database, compares the schema and looks at the disk.
///
/// # Errors
///
/// 503 saying which of them is wrong.
#[utoipa::path(get, path = "/readyz", responses(
    (status = 200, description = "The database answers, its schema is current and the disk has room.", content_type = "text/plain", body = String),
))]
pub async fn handle(app: Data<App>) -> Result<HttpResponse, Problem> {
    let condition = app.edge.store_health.check().await?;
    if condition.is_ready() {
        return Ok(HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body("ready\n"));
    }
    let detail = if !condition.is_in_place {
        "The database file was moved or deleted; what is written now is lost with the next restart."
    } else if condition.schema_is_current {
        "The disk is nearly full."
    } else {
        "The schema of the database is not this version's."
    };
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready", detail).retry_after(NOT_READY_RETRY))
}
