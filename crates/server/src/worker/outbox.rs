//! Sends queued texts: claims them class by class, hands many over at once, and settles in batches.

use std::{sync::Arc, time::Duration};

use actix_web::{rt, web::Data};
use futures_util::future::join;
use thunderbird_domain::{
    outgoing::Class,
    port::Fault,
    sms::outbox::{Leased, LeasedText, MAX_LEASE, SendOutcome, Settlement},
    time::Timestamp,
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};

use super::stop::Stop;
use crate::http::app::App;

/// How often an idle class looks for due texts: a read that costs a few microseconds.
const IDLE: Duration = Duration::from_millis(100);

/// How long a class waits when the daily cap leaves it no room.
const CAPPED: Duration = Duration::from_secs(5);

/// How long to wait after a fault of the store.
const FAULT: Duration = Duration::from_secs(1);

/// How often expired leases are looked for; there are none unless a task of ours died.
const SWEEP: Duration = Duration::from_secs(10);

/// Messages read back before the worker looks whether it is to stop.
const READ_AT_ONCE: usize = 5;

/// Texts of each class that are under way at once. A class has its own, so that none waits for another's hanging.
const UNDER_WAY: [(Class, usize); 3] = [(Class::Safety, 128), (Class::Code, 64), (Class::Notice, 128)];

/// A text's end, with the place under way that it frees once it is stored.
type Done = (Settlement, OwnedSemaphorePermit);

/// Works until it is asked to stop, then finishes what is under way.
pub async fn run(app: Data<App>, mut stop: Stop) {
    // The lock on the database says that nobody else sends: every lease is one that a crash left behind.
    while let Err(fault) = app.sms.deliveries.recover(Timestamp::from_micros(i64::MAX)).await {
        tracing::error!(event = "outbox.fault", error = ?fault, "leases of an earlier run cannot be read");
        if !stop.sleep(FAULT).await {
            return;
        }
    }
    let (done, settling) = mpsc::channel(MAX_LEASE * 2);
    let settled: Vec<Arc<Notify>> = UNDER_WAY.iter().map(|_| Arc::default()).collect();
    let lanes: Vec<_> = UNDER_WAY
        .into_iter()
        .zip(&settled)
        .map(|((class, width), settled)| {
            let lane = Lane {
                app: Data::clone(&app),
                class,
                places: Arc::new(Semaphore::new(width)),
                done: done.clone(),
                settled: Arc::clone(settled),
            };
            rt::spawn(lane.run(stop.clone()))
        })
        .collect();
    drop(done);
    join(settle(&app, settling, &settled), keep_house(&app, stop)).await;
    for lane in lanes {
        if let Err(error) = lane.await {
            tracing::error!(event = "outbox.lane_died", %error, "a class of texts is no longer sent");
        }
    }
}

/// One class of texts.
struct Lane {
    app: Data<App>,
    class: Class,
    places: Arc<Semaphore>,
    done: mpsc::Sender<Done>,
    settled: Arc<Notify>,
}

impl Lane {
    async fn run(self, mut stop: Stop) {
        let mut told_capped = false;
        while !stop.is_asked() {
            let pause = match self.lease().await {
                Ok(leased) => {
                    self.report(&leased, &mut told_capped);
                    let capped = leased.capped;
                    leased.texts.into_iter().for_each(|text| self.send(text));
                    if capped { CAPPED } else { IDLE }
                }
                Err(fault) => {
                    tracing::warn!(event = "outbox.fault", error = ?fault, "texts cannot be claimed");
                    FAULT
                }
            };
            tokio::select! {
                () = self.settled.notified() => {}
                _ = stop.sleep(pause) => {}
            }
        }
    }

    /// Claims as many texts as there are free places.
    async fn lease(&self) -> Result<Leased, Fault> {
        match self.places.available_permits() {
            0 => Ok(Leased::default()),
            free => self.app.sms.deliveries.lease(self.class, free).await,
        }
    }

    /// Sends one text beside the others. A text leased without a free place, which cannot be, waits for one.
    fn send(&self, text: LeasedText) {
        let (app, done, places) = (
            Data::clone(&self.app),
            self.done.clone(),
            Arc::clone(&self.places),
        );
        let place = Arc::clone(&places).try_acquire_owned().ok();
        rt::spawn(async move {
            let place = match place {
                Some(place) => Ok(place),
                None => places.acquire_owned().await,
            };
            let settlement = app.sms.deliveries.deliver(&text).await;
            match settlement.outcome {
                SendOutcome::Accepted { .. } | SendOutcome::Ended { code: Some(_), .. } => {
                    app.sms.upstream.answered(true);
                }
                SendOutcome::Again { .. } => app.sms.upstream.answered(false),
                SendOutcome::Ended { code: None, .. } => {}
            }
            if let Ok(place) = place {
                // The settler outlives every sender: it ends when the last of them is gone.
                drop(done.send((settlement, place)).await);
            }
        });
    }

    fn report(&self, leased: &Leased, told_capped: &mut bool) {
        let class = self.class;
        if leased.withheld + leased.expired > 0 {
            let (withheld, expired) = (leased.withheld, leased.expired);
            tracing::info!(
                event = "outbox.ended",
                ?class,
                withheld,
                expired,
                "texts ended without being sent"
            );
        }
        if leased.capped && !*told_capped {
            let claimed = leased.claimed_today;
            tracing::warn!(
                event = "outbox.capped",
                ?class,
                claimed,
                "the day's texts are used up; this class waits"
            );
        }
        *told_capped = leased.capped;
    }
}

/// Stores what became of texts, as many at once as are there, until the last sender is gone. A settlement is never
/// given up: while the store cannot take it, it is offered again.
async fn settle(app: &App, mut settling: mpsc::Receiver<Done>, settled: &[Arc<Notify>]) {
    let mut batch = Vec::with_capacity(MAX_LEASE);
    while settling.recv_many(&mut batch, MAX_LEASE).await > 0 {
        let (settlements, places): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        while let Err(fault) = app.sms.deliveries.settle(settlements.clone()).await {
            tracing::error!(event = "outbox.fault", error = ?fault, "sent texts cannot be settled");
            tokio::time::sleep(FAULT).await;
        }
        drop(places);
        for lane in settled {
            lane.notify_one();
        }
    }
}

/// Expired leases, prices to read back, words to forget.
async fn keep_house(app: &App, mut stop: Stop) {
    while stop.sleep(SWEEP).await {
        let round = async {
            let recovered = app.sms.deliveries.recover(app.edge.clock.now()).await?;
            if recovered > 0 {
                tracing::error!(
                    event = "outbox.stranded",
                    recovered,
                    "texts were leased and never settled"
                );
            }
            while app.sms.deliveries.read_back(READ_AT_ONCE).await? == READ_AT_ONCE {}
            while app.sms.deliveries.erase().await? > 0 {}
            Ok::<_, Fault>(())
        };
        let mut asked = stop.clone();
        tokio::select! {
            done = round => if let Err(fault) = done {
                tracing::warn!(event = "outbox.fault", error = ?fault, "the outbox cannot be looked after");
            },
            () = asked.asked() => return,
        }
    }
}
