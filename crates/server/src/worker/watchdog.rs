//! Tells the watchdog outside once a minute that promises are watched, and says nothing while they may not be.

use std::{sync::Arc, time::Duration};

use actix_web::web::Data;
use thunderbird_domain::{deadline::Watchdog, port::Fault};
use tokio::time::Instant;

use super::stop::Stop;
use crate::http::{app::App, health::rounds::Withheld};

/// How often the worker looks whether a sign of life is due.
const ROUND: Duration = Duration::from_millis(500);

/// How often a sign of life is given.
const EVERY: Duration = Duration::from_mins(1);

/// A failure that goes on has a line of the log this often.
const COMPLAINED_EVERY: Duration = Duration::from_hours(1);

/// Works until it is asked to stop.
pub async fn run(app: Data<App>, watchdog: Arc<dyn Watchdog>, mut stop: Stop) {
    let mut next_at = Instant::now();
    let mut complained_at = None;
    while stop.sleep(ROUND).await {
        // Right after the start nothing is known, and nothing is said.
        if Instant::now() < next_at || !app.hiking.rounds.has_ticked() {
            continue;
        }
        next_at = Instant::now() + EVERY;
        let mut asked = stop.clone();
        let given = tokio::select! {
            given = give(&app, &*watchdog) => given,
            () = asked.asked() => return,
        };
        match given {
            Ok(()) => complained_at = None,
            Err(fault) => {
                let now = Instant::now();
                if complained_at.is_none_or(|at| now.saturating_duration_since(at) >= COMPLAINED_EVERY) {
                    complained_at = Some(now);
                    tracing::warn!(event = "watchdog.unheard", error = ?fault, "the watchdog outside did not hear us; it is tried again each minute");
                }
            }
        }
    }
}

/// Gives a sign of life, unless something is wrong with the watch.
async fn give(app: &App, watchdog: &dyn Watchdog) -> Result<(), Fault> {
    let rounds = &app.hiking.rounds;
    let late = app.hiking.watch.lateness(rounds.judged_by()).await;
    match rounds.beat(late.ok()) {
        Ok(()) => {
            let heard = watchdog.ping().await;
            rounds.pinged(heard.is_ok());
            heard
        }
        Err(withheld) => {
            let why = match withheld {
                Withheld::Failed => "a round of the watch failed",
                Withheld::Late => "a stage of a promise is late",
            };
            tracing::error!(
                event = "watchdog.withheld",
                why,
                "the watchdog outside is not told that promises are watched"
            );
            Ok(())
        }
    }
}
