//! Sends queued mails: claims a few, hands them over at once, settles each as soon as its end is known.

use std::time::Duration;

use actix_web::web::Data;
use futures_util::future::join_all;
use thunderbird_domain::{
    mail::outbox::{LeasedMail, SendOutcome, Settlement},
    port::Fault,
};

use super::stop::Stop;
use crate::http::app::App;

/// Mails under way at once.
const UNDER_WAY: usize = 8;
/// How often an idle worker looks for due mails: a read that costs a few microseconds.
const IDLE: Duration = Duration::from_millis(250);
/// How long to wait after a fault of the store.
const FAULT: Duration = Duration::from_secs(1);
/// How often a settlement is tried; a mail that stays unsettled is sent again when its lease has ended.
const SETTLED_AT_MOST: u32 = 5;
/// Rounds between two looks for what is too old, or was left by somebody who died.
const ROUNDS: u32 = 40;

/// Works until it is asked to stop, then finishes what is under way.
pub async fn run(app: Data<App>, mut stop: Stop) {
    // The lock on the database says that nobody else sends: every lease is one that a crash left behind.
    while let Err(fault) = app.mail.mailings.recover_from_crash().await {
        complain(&fault, "leases of an earlier run cannot be read");
        if !stop.sleep(FAULT).await {
            return;
        }
    }
    let mut round = 0_u32;
    while !stop.is_asked() {
        if round.is_multiple_of(ROUNDS) {
            keep_house(&app).await;
        }
        round = round.wrapping_add(1);
        match app.mail.mailings.lease(UNDER_WAY).await {
            Ok(mails) if mails.is_empty() => {
                stop.sleep(IDLE).await;
            }
            Ok(mails) => {
                join_all(mails.iter().map(|mail| send(&app, mail))).await;
            }
            Err(fault) => {
                complain(&fault, "mails cannot be claimed");
                stop.sleep(FAULT).await;
            }
        }
    }
}

async fn send(app: &App, mail: &LeasedMail) {
    let settlement = app.mail.mailings.deliver(mail).await;
    match settlement.outcome {
        SendOutcome::Sent | SendOutcome::Ended { code: Some(_), .. } => app.mail.upstream.answered(true),
        SendOutcome::Again { .. } => app.mail.upstream.answered(false),
        SendOutcome::Ended { code: None, .. } => {}
    }
    tracing::info!(
        event = "mail.attempted",
        mail = mail.id.get(),
        attempt = mail.attempts,
        outcome = ?settlement.outcome,
    );
    settle(app, settlement).await;
}

async fn settle(app: &App, settlement: Settlement) {
    for _ in 0..SETTLED_AT_MOST {
        match app.mail.mailings.settle(vec![settlement]).await {
            Ok(()) => return,
            Err(fault) => complain(&fault, "a mail cannot be settled"),
        }
        tokio::time::sleep(FAULT).await;
    }
}

async fn keep_house(app: &App) {
    if let Err(fault) = app.mail.mailings.recover().await {
        complain(&fault, "lost leases cannot be taken back");
    }
    match app.mail.mailings.expire().await {
        Ok(0) => {}
        Ok(rows) => tracing::info!(event = "mail.expired", rows),
        Err(fault) => complain(&fault, "old mails cannot be ended"),
    }
}

fn complain(fault: &Fault, what: &'static str) {
    tracing::warn!(event = "mail.fault", error = ?fault, what);
}
