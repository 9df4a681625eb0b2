//! Looks every few seconds for what an operator is to hear of, and stores pages about it.

use std::time::Duration;

use actix_web::web::Data;
use thunderbird_domain::{pager::Seen, port::Fault, sms::reception::Deaf};

use super::stop::Stop;
use crate::http::app::App;

/// How often the worker looks.
const ROUND: Duration = Duration::from_secs(2);

/// Works until it is asked to stop.
pub async fn run(app: Data<App>, mut stop: Stop) {
    let mut complained = false;
    while stop.sleep(ROUND).await {
        match look(&app).await {
            Ok(()) => complained = false,
            Err(fault) if !complained => {
                complained = true;
                tracing::error!(event = "pager.fault", error = ?fault, "what an operator is to hear of cannot be found or stored; it is tried again every two seconds");
            }
            Err(_) => {}
        }
    }
}

async fn look(app: &App) -> Result<(), Fault> {
    // Right after the start nothing is known of the watch.
    let late = if app.hiking.rounds.has_ticked() {
        app.hiking.watch.lateness(app.hiking.rounds.judged_by()).await?
    } else {
        Duration::ZERO
    };
    let seen = Seen {
        late,
        fetch_fails: matches!(app.sms.hearing.deaf(), Deaf::Holding | Deaf::GivenUp),
        clock_is_held: app.sms.clock.figures().is_holding,
    };
    app.pager.rounds.round(seen).await
}
