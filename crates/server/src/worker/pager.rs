//! Looks every few seconds for what an operator is to hear of, and stores pages about it.

use std::{sync::atomic::Ordering, time::Duration};

use actix_web::web::Data;
use thunderbird_domain::{
    pager::{OwnTroubles, Seen},
    port::Fault,
};

use tokio::time::Instant;

use super::stop::Stop;
use crate::http::app::{App, Looks};

/// How often the worker looks.
const ROUND: Duration = Duration::from_secs(2);

/// Works until it is asked to stop.
pub async fn run(app: Data<App>, mut stop: Stop) {
    let (mut complained, mut own) = (false, OwnTroubles::default());
    let mut looked_at: Option<Instant> = None;
    while stop.sleep(ROUND).await {
        let last_look = looked_at
            .replace(Instant::now())
            .map(|looked_at| looked_at.elapsed());
        let looked = look(&app, &mut own, last_look).await;
        let Looks { whole, failed } = &app.pager.looks;
        let count = if looked.is_ok() { whole } else { failed };
        count.fetch_add(1, Ordering::Relaxed);
        match looked {
            Ok(()) => complained = false,
            Err(fault) if !complained => {
                complained = true;
                tracing::error!(event = "pager.fault", error = ?fault, "what an operator is to hear of cannot be found or stored; it is tried again every two seconds");
            }
            Err(_) => {}
        }
    }
}

async fn look(app: &App, own: &mut OwnTroubles, last_look: Option<Duration>) -> Result<(), Fault> {
    let (rounds, hearing) = (&app.hiking.rounds, &app.sms.hearing);
    // Right after the start nothing is known of the watch.
    let late = match rounds.judged_by() {
        Some(judged_at) => app.hiking.watch.lateness(Some(judged_at)).await.map(Some),
        None => Ok(None),
    };
    let seen = Seen {
        last_look,
        late: late.as_ref().ok().copied().flatten(),
        stands_for: rounds.stands_for(),
        deaf_for: hearing.deaf_for(),
        clock_is_held: app.sms.clock.figures().is_held,
    };
    // That lateness cannot be read keeps nothing else from being told.
    app.pager.rounds.round(own, &seen).await?;
    late.map(|_| ())
}
