//! Fetches texts that no webhook brought: at the start, after a pause of the service, and every ten minutes. Notes once a
//! minute that the service runs.

use std::time::Duration;

use actix_web::web::Data;
use thunderbird_domain::{
    port::Fault,
    sms::{collect::Collected, reception::GAP},
};
use tokio::time::Instant;

use super::stop::Stop;
use crate::http::app::App;

/// How often the worker looks for something to do.
const ROUND: Duration = Duration::from_millis(500);

/// How often it is noted that the service runs.
const SIGN_OF_LIFE: Duration = Duration::from_mins(1);

/// How often the list is read if nothing seems to be missing.
const SWEEP: Duration = Duration::from_mins(10);

/// When a round that failed is tried again, while texts may be missing and otherwise.
const AGAIN: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(1));

/// A text younger than this is left to its webhook, which may be under way.
const YOUNGEST: Duration = Duration::from_secs(30);

/// Works until it is asked to stop.
pub async fn run(app: Data<App>, mut stop: Stop) {
    if let Err(fault) = look_back(&app).await {
        tracing::error!(event = "reception.fault", error = ?fault, "it is not known how long the service did not run");
    }
    let (mut life_at, mut fetch_at, mut is_first) = (Instant::now(), Instant::now(), true);
    loop {
        if Instant::now() >= life_at {
            life_at = Instant::now() + SIGN_OF_LIFE;
            let now = app.edge.clock.now();
            if let Err(fault) = app.sms.missed.log.alive(now).await {
                tracing::warn!(event = "reception.fault", error = ?fault, "it cannot be noted that the service runs");
            }
        }
        let has_gap = app.sms.hearing.has_gap();
        if Instant::now() >= fetch_at {
            let mut asked = stop.clone();
            tokio::select! {
                pause = fetch(&app, has_gap || is_first) => fetch_at = Instant::now() + pause,
                () = asked.asked() => return,
            }
            is_first = false;
        }
        if !stop.sleep(ROUND).await {
            return;
        }
        if is_urgent_now(&app) && fetch_at > Instant::now() + AGAIN.0 {
            fetch_at = Instant::now();
        }
    }
}

/// Whether the list is to be read soon: a text may be missing, or the time that Twilio's answer shows is needed.
fn is_urgent_now(app: &App) -> bool {
    app.sms.hearing.has_gap() || app.sms.clock.wants_answer()
}

/// Finds out whether the service ran until just now.
async fn look_back(app: &App) -> Result<(), Fault> {
    let now = app.edge.clock.now();
    let last = app.sms.missed.log.last().await?;
    if last.is_some_and(|last| last.alive_at.within(GAP, now)) {
        app.sms.hearing.no_gap_at_start();
    }
    Ok(())
}

/// Fetches once, and returns when to do so again.
async fn fetch(app: &App, is_urgent: bool) -> Duration {
    let began = app.sms.hearing.passed();
    let youngest = if is_urgent { Duration::ZERO } else { YOUNGEST };
    let receiver = (&app.sms.messages, &app.sms.senders);
    let result = app.sms.missed.collect(receiver, youngest).await;
    app.sms.hearing.attempted(began, result.as_ref().ok().copied());
    match result {
        Ok(collected) => {
            report(collected);
            // The service may have paused while the list was read; what came in then is not in it.
            if is_urgent_now(app) { AGAIN.0 } else { SWEEP }
        }
        Err(error) => {
            tracing::error!(
                event = "sms.fetch_failed",
                ?error,
                "texts that no webhook brought cannot be fetched"
            );
            if is_urgent_now(app) { AGAIN.0 } else { AGAIN.1 }
        }
    }
}

fn report(collected: Collected) {
    let Collected {
        fetched,
        lag,
        unreadable,
    } = collected;
    if fetched > 0 {
        let lag = lag.as_secs();
        tracing::warn!(
            event = "sms.fetched",
            fetched,
            lag,
            "texts were fetched that no webhook had brought"
        );
    }
    if unreadable > 0 {
        tracing::warn!(
            event = "sms.unreadable",
            unreadable,
            "received texts could not be read"
        );
    }
}
