//! Watches the promises of hikers: sends what is due, once a second at most.

use std::{collections::BTreeSet, time::Duration};

use actix_web::web::Data;
use thunderbird_domain::{
    deadline::{Hold, Round, WatchReport},
    sms::reception::Deaf,
};

use super::{clocks::Clocks, stop::Stop};
use crate::http::app::App;

/// How often the worker looks for what is due.
const ROUND: Duration = Duration::from_millis(500);

/// Works until it is asked to stop.
pub async fn run(app: Data<App>, mut stop: Stop) {
    let mut clocks = Clocks::new(&app.sms.clock);
    let mut complained = false;
    let mut unreadable = BTreeSet::new();
    let mut pause = ROUND;
    while stop.sleep(pause).await {
        pause = ROUND;
        let look = clocks.look(&app.sms.clock);
        if look.has_paused {
            app.sms.hearing.notice_gap();
        }
        let judgement = look.judgement;
        if judgement.waits {
            continue;
        }
        let hold = match app.sms.hearing.deaf() {
            Deaf::Fetching => continue,
            _ if judgement.hold != Hold::Nothing => judgement.hold,
            Deaf::Holding => Hold::TextsMissing,
            Deaf::GivenUp => Hold::TextsLost,
            Deaf::No => Hold::Nothing,
        };
        let ticked = app.hiking.watch.tick(hold, judgement.at).await;
        let round = ticked.unwrap_or_else(|fault| Round {
            fault: Some(fault),
            ..Round::default()
        });
        let judged_at = judgement.at.unwrap_or_else(|| app.edge.clock.now());
        app.hiking.rounds.ticked(round.fault.is_none(), judged_at);
        round.fired.iter().for_each(report);
        // Many hikers promise the same hour. A round that fired nothing would only be the same again.
        if round.is_full && !round.fired.is_empty() {
            pause = Duration::ZERO;
        }
        for (deadline, why) in round.unreadable {
            // Once for each promise and start: it stays due, and would fill the log.
            if unreadable.insert(deadline) {
                tracing::error!(
                    event = "deadline.unreadable",
                    deadline = deadline.get(),
                    error = why,
                    "a promise cannot be read, so it is not watched"
                );
            }
        }
        match round.fault {
            None => complained = false,
            Some(fault) if !complained => {
                complained = true;
                tracing::error!(event = "deadline.fault", error = ?fault, "promises cannot be watched; it is tried again twice a second");
            }
            Some(_) => {}
        }
    }
}

/// A line of the log for a stage. An alert is a warning: a hiker is overdue or asks for help.
fn report(fired: &WatchReport) {
    let (deadline, late) = (fired.deadline.get(), fired.late.as_secs());
    let (stage, texts) = (fired.stage, fired.texts);
    if stage.alert().is_some() {
        tracing::warn!(event = "deadline.fired", deadline, %stage, late, texts, "the contacts of a hiker are alerted");
    } else {
        tracing::info!(event = "deadline.fired", deadline, %stage, late, texts, "a stage of a promise was sent");
    }
}
