//! `GET /api/health`: the Python version's health report, with real checks.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::header, web::Data};
use serde::Serialize;
use thunderbird_domain::time::Timestamp;

use super::{ready::NOT_READY_RETRY, upstream::UpstreamHealth};
use crate::http::app::App;

const DATABASE: &str = "database";

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

/// Looks at every part. Answers 200 when work can be taken on and 503 otherwise, with the same report. While Twilio, the
/// mail server or the operator's pager does not take what it is handed, work is taken on and waits: the status is `degraded` then, with 200, and
/// so it is while the machine's clock is in doubt, or while no alert of an open alarm has reached a contact.
#[utoipa::path(get, path = "/api/health", responses(
    (status = 200, description = "Everything needed is there.", body = HealthReport),
    (status = 503, description = "Something needed is missing.", body = HealthReport),
))]
pub async fn handle(app: Data<App>) -> HttpResponse {
    let report = check(&app).await;
    let mut answer = if report.services.get(DATABASE) == Some(&"ok") {
        HttpResponse::Ok()
    } else {
        let mut unavailable = HttpResponse::ServiceUnavailable();
        unavailable.insert_header((header::RETRY_AFTER, NOT_READY_RETRY.as_secs()));
        unavailable
    };
    answer.json(report)
}

/// The report.
pub async fn check(app: &App) -> HealthReport {
    let database = match app.edge.store_health.check().await {
        Ok(condition) if condition.is_ready() => "ok",
        Ok(_) => "degraded",
        Err(_) => "down",
    };
    let now: Timestamp = app.edge.clock.now();
    let (clock, alarms) = (&app.sms.clock, alarms(app).await);
    let sending = sending(app);
    let sends = sending.iter().all(|(_, upstream)| upstream.is_well());
    let is_well = database == "ok" && sends && clock.is_well() && alarms == "ok";
    let mut services = BTreeMap::from([
        ("alarms", alarms),
        ("clock", if clock.is_well() { "ok" } else { "degraded" }),
        (DATABASE, database),
    ]);
    services.extend(sending.iter().map(|(name, upstream)| (*name, upstream.state())));
    HealthReport {
        status: if is_well { "ok" } else { "degraded" },
        timestamp: now.floor_to_second().to_string(),
        services,
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Through what is sent, by name; calls only while voice is on.
fn sending(app: &App) -> Vec<(&'static str, &UpstreamHealth)> {
    let voice = &app.hiking.voice;
    let calls = voice.calling.is_on().then_some(("voice", &voice.upstream));
    let always = [
        ("mail", &app.mail.upstream),
        ("pager", &app.pager.upstream),
        ("twilio", &app.sms.upstream),
    ];
    always.into_iter().chain(calls).collect()
}

/// Whether every open alarm has reached a contact; what cannot be read is not well.
async fn alarms(app: &App) -> &'static str {
    match app.hiking.watch.unreached().await {
        Ok(unreached) if unreached.is_empty() => "ok",
        Ok(_) => "degraded",
        Err(_) => "down",
    }
}
