//! What the service does without being asked: one file a worker.

pub mod keys;
mod mail;
mod outbox;
mod retention;

use std::{future::Future, sync::Arc, time::Duration};

use actix_web::{rt, web::Data};
use thunderbird_adapters::crypto::ring_keeper::RingKeeper;
use tokio::sync::watch;

use crate::http::app::App;

/// Tells a worker when to come to an end.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Ends when the service is asked to.
    pub async fn asked(&mut self) {
        // An error means that whoever could ask is gone, which is the same.
        drop(self.0.wait_for(|stop| *stop).await);
    }

    /// Whether the service was asked to end.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Sleeps this long, or until the service is asked to end. True when it was not.
    pub async fn sleep(&mut self, span: Duration) -> bool {
        tokio::time::timeout(span, self.asked()).await.is_err()
    }
}

/// Every running worker.
pub struct Workers {
    stop: watch::Sender<bool>,
    running: Vec<rt::task::JoinHandle<()>>,
}

impl Workers {
    /// Starts all of them, one line each.
    pub fn start(app: &Data<App>, keeper: Arc<RingKeeper>) -> Self {
        let (stop, asked) = watch::channel(false);
        let stopping = || Stop(asked.clone());
        let mut workers = Self {
            stop,
            running: Vec::new(),
        };
        workers.spawn(keys::work(keeper, stopping()));
        workers.spawn(mail::run(Data::clone(app), stopping()));
        workers.spawn(outbox::run(Data::clone(app), stopping()));
        workers.spawn(retention::run(Data::clone(app), stopping()));
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
