//! Fetches forecasts that were ordered, answers the questions that wait for them, and looks ahead for routes that are
//! walked. It does nothing where no provider is named.

use std::time::Duration;

use actix_web::web::Data;
use thunderbird_domain::{
    forecast::{Ended, Forecasts},
    port::Fault,
};
use tokio::time::Instant;

use super::stop::Stop;
use crate::http::app::App;

/// How often the worker looks for something to do.
const ROUND: Duration = Duration::from_millis(500);

/// The pause between two requests to providers.
const BETWEEN: Duration = Duration::from_millis(100);

/// How often it looks ahead.
const AHEAD: Duration = Duration::from_mins(15);

/// After the start, providers are not asked for walked routes at once: a service that restarts again and again would.
const FIRST_AHEAD: Duration = Duration::from_mins(2);

/// Answers what waits, until it is asked to stop. No provider is waited for here.
pub async fn answer(app: Data<App>, mut stop: Stop) {
    let Some(forecasts) = app.sms.messages.forecasts.clone() else {
        return;
    };
    let mut complaint = Complaint::default();
    while stop.sleep(ROUND).await {
        let outcome = forecasts.answer_waiting().await.and_then(|round| {
            round.ended.into_iter().for_each(report);
            round.fault.map_or(Ok(()), Err)
        });
        complaint.about(outcome);
    }
}

/// Fetches what was ordered, until it is asked to stop.
pub async fn fetch(app: Data<App>, mut stop: Stop) {
    let Some(forecasts) = app.sms.messages.forecasts.clone() else {
        return;
    };
    let mut complaint = Complaint::default();
    let mut ahead_at = Instant::now() + FIRST_AHEAD;
    let mut pause = ROUND;
    while stop.sleep(pause).await {
        if Instant::now() >= ahead_at {
            ahead_at = Instant::now() + AHEAD;
            complaint.about(forecasts.look_ahead().await);
        }
        let mut asked = stop.clone();
        pause = tokio::select! {
            pause = next(&forecasts, &mut complaint) => pause,
            () = asked.asked() => return,
        };
    }
}

async fn next(forecasts: &Forecasts, complaint: &mut Complaint) -> Duration {
    match complaint.about(forecasts.fetch_next().await) {
        Some(true) => BETWEEN,
        Some(false) | None => ROUND,
    }
}

/// Complains once of a row of faults.
#[derive(Default)]
struct Complaint {
    was_made: bool,
}

impl Complaint {
    fn about<T>(&mut self, outcome: Result<T, Fault>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.was_made = false;
                Some(value)
            }
            Err(fault) => {
                if !self.was_made {
                    tracing::error!(event = "forecast.fault", error = ?fault, "forecasts cannot be worked on; it is tried again twice a second");
                }
                self.was_made = true;
                None
            }
        }
    }
}

fn report(told: Ended) {
    let Ended {
        answered,
        has_forecast,
    } = told;
    tracing::info!(
        event = "forecast.told",
        ?answered,
        has_forecast,
        "a question that waited has its answer"
    );
}
