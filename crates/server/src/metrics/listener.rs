//! `GET /metrics`, on a loopback listener of its own: nothing that faces the world can reach it.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App as Router, HttpResponse, HttpServer,
    dev::Server,
    web::{self, Data},
};
use thunderbird_adapters::{crypto::argon2::Argon2Hasher, store::Store};
use thunderbird_domain::deadline::counts;

use super::exposition::Exposition;
use crate::http::app::App;

/// Where `doctor` asks for the last webhook whose signature was refused.
pub const REFUSED_WEBHOOK: &str = "/refused-webhook";

/// Whose figures are shown.
pub struct Sources {
    /// The use cases.
    pub app: Data<App>,
    /// The password hasher.
    pub hasher: Arc<Argon2Hasher>,
    /// The store.
    pub store: Store,
}

/// A server of the metrics at `address`, ready to be awaited.
///
/// # Errors
///
/// When the address is taken.
pub fn bind(address: SocketAddr, sources: Sources) -> std::io::Result<(Server, SocketAddr)> {
    let sources = Data::new(sources);
    let server = HttpServer::new(move || {
        Router::new()
            .app_data(Data::clone(&sources))
            .route("/metrics", web::get().to(show))
            .route(REFUSED_WEBHOOK, web::get().to(show_refused_webhook))
    });
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let server = server
        .workers(1)
        .max_connections(64)
        .keep_alive(Duration::from_secs(30))
        .client_request_timeout(Duration::from_secs(5))
        .shutdown_timeout(1)
        .disable_signals()
        .listen(listener)?
        .run();
    Ok((server, address))
}

async fn show_refused_webhook(sources: Data<Sources>) -> HttpResponse {
    HttpResponse::Ok().json(sources.app.edge.metrics.refused_webhooks.last())
}

async fn show(sources: Data<Sources>) -> HttpResponse {
    let app = &sources.app;
    let mut exposition = Exposition::default();
    exposition.requests(&app.edge.metrics);
    exposition.hashing(sources.hasher.load());
    exposition.writer(sources.store.statistics());
    exposition.hearing(app.sms.hearing.figures());
    exposition.clock(app.sms.clock.figures());
    exposition.refusals();
    exposition.calls();
    exposition.rounds(app.hiking.rounds.figures());
    exposition.counts(&counts::so_far());
    if let Some(forecasts) = &app.sms.messages.forecasts {
        exposition.forecasts(&forecasts.outcomes, app.edge.clock.now());
    }
    exposition.limits(app.sms.deliveries.channel.policy.cap.per_day);
    match app.edge.store_health.figures(app.edge.clock.now()).await {
        Ok(figures) => exposition.store(&figures, app.edge.clock.now()),
        // The other figures matter most when the store is in trouble.
        Err(fault) => tracing::warn!(
            port = fault.port(),
            "the store's figures are missing from the metrics"
        ),
    }
    match app.hiking.watch.survey().await {
        Ok(survey) => exposition.survey(&survey),
        Err(fault) => tracing::warn!(
            port = fault.port(),
            "the figures of promises are missing from the metrics"
        ),
    }
    if app.pager.rounds.pagers.are_on() {
        exposition.looks(&app.pager.looks);
    }
    match app.pager.rounds.figures().await {
        Ok(figures) => exposition.pages(&figures),
        Err(fault) => tracing::warn!(
            port = fault.port(),
            "the figures of pages are missing from the metrics"
        ),
    }
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(exposition.into_text())
}
