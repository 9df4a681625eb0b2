//! What the service does without being asked: one file a worker.

mod channels;
mod clocks;
mod forecasts;
pub mod keys;
mod outbox;
mod pager;
mod promises;
mod read_back;
mod reception;
mod retention;
mod stop;
mod watchdog;

use std::{future::Future, sync::Arc, time::Duration};

use actix_web::{rt, web::Data};
use thunderbird_adapters::crypto::ring_keeper::RingKeeper;
use tokio::sync::watch;

use crate::http::app::App;

/// Every running worker.
pub struct Workers {
    stop: watch::Sender<bool>,
    running: Vec<rt::task::JoinHandle<()>>,
}

impl Workers {
    /// Starts all of them, one line each.
    pub fn start(app: &Data<App>, keeper: Arc<RingKeeper>) -> Self {
        let (sender, stop) = stop::channel();
        let mut workers = Self {
            stop: sender,
            running: Vec::new(),
        };
        workers.spawn(keys::work(keeper, stop.clone()));
        workers.spawn(outbox::run(&channels::MAILS, Data::clone(app), stop.clone()));
        workers.spawn(outbox::run(&channels::TEXTS, Data::clone(app), stop.clone()));
        workers.spawn(outbox::run(&channels::PAGES, Data::clone(app), stop.clone()));
        if app.pager.rounds.pagers.are_on() {
            workers.spawn(pager::run(Data::clone(app), stop.clone()));
        }
        workers.spawn(outbox::run(&channels::CALLS, Data::clone(app), stop.clone()));
        workers.spawn(read_back::run(Data::clone(app), stop.clone()));
        workers.spawn(reception::run(Data::clone(app), stop.clone()));
        workers.spawn(promises::run(Data::clone(app), stop.clone()));
        if let Some(watchdog) = app.hiking.watchdog.clone() {
            workers.spawn(watchdog::run(Data::clone(app), watchdog, stop.clone()));
        }
        workers.spawn(forecasts::answer(Data::clone(app), stop.clone()));
        workers.spawn(forecasts::fetch(Data::clone(app), stop.clone()));
        workers.spawn(retention::run(Data::clone(app), stop));
        workers
    }

    /// Starts one.
    pub fn spawn(&mut self, work: impl Future<Output = ()> + 'static) {
        self.running.push(rt::spawn(work));
    }

    /// Lets each finish what it is at, for at most `patience` in all.
    pub async fn stop(self, patience: Duration) {
        self.stop.send_replace(true);
        let all = async {
            for worker in self.running {
                if let Err(error) = worker.await {
                    tracing::error!(%error, "a worker ended badly");
                }
            }
        };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("a worker did not come to an end in time");
        }
    }
}
