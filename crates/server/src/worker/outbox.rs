//! Sends the queued messages of a channel: claims them class by class, hands many over at once, and settles in batches.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{rt, web::Data};
use futures_util::future::join;
use thunderbird_domain::{
    outbox::{
        dispatch::{Channel, Dispatcher},
        lease::{Leased, MAX_LEASE},
        message::LeasedMessage,
        settle::Settlement,
    },
    outgoing::Class,
    port::Fault,
    refusals,
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};

use super::stop::Stop;
use crate::http::{app::App, health::upstream::UpstreamHealth};

/// How long a class waits if the daily cap leaves it no room.
const CAPPED: Duration = Duration::from_secs(5);

/// How long to wait after a fault of the store. The pause does not grow: a settlement that is stored soon after the
/// store works again ends its message before the lease can be taken back and the message be sent again.
const FAULT: Duration = Duration::from_secs(1);

/// How often expired leases are looked for; there are none unless a task of ours died.
const SWEEP: Duration = Duration::from_secs(10);

/// One channel of the outbox, and how wide the worker works on it.
pub struct Worked<C: Channel> {
    /// Word for its messages in the log.
    pub name: &'static str,
    /// Sends its messages.
    pub dispatcher: fn(&App) -> &Dispatcher<C>,
    /// Keeps whether its provider answers.
    pub upstream: fn(&App) -> &UpstreamHealth,
    /// Messages of a class that are under way at once. Each class has its own places, so that no class waits for
    /// another if a provider does not answer.
    pub under_way: fn(Class) -> usize,
    /// Whether each attempt is a line in the log. The console shows texts and their attempts, but no mails.
    pub logs_attempts: bool,
    /// How often an idle class looks for due messages: a read that costs a few microseconds.
    pub idle: Duration,
}

/// A settlement, with the place under way that is free once it is stored.
type Done<C> = (Settlement<<C as Channel>::Payload>, OwnedSemaphorePermit);

/// Works until it is asked to stop, then finishes what is under way.
pub async fn run<C: Channel>(worked: &'static Worked<C>, app: Data<App>, mut stop: Stop) {
    while let Err(fault) = (worked.dispatcher)(&app).recover_from_crash().await {
        worked.report_fault(&fault, "leases of an earlier run cannot be read");
        if !stop.sleep(FAULT).await {
            return;
        }
    }
    let (done, settling) = mpsc::channel(MAX_LEASE * 2);
    let settled: Vec<Arc<Notify>> = C::CLASSES.iter().map(|_| Arc::default()).collect();
    let lanes: Vec<_> = C::CLASSES
        .iter()
        .zip(&settled)
        .map(|(class, settled)| {
            let lane = Lane {
                worked,
                app: Data::clone(&app),
                class: *class,
                places: Arc::new(Semaphore::new((worked.under_way)(*class))),
                done: done.clone(),
                settled: Arc::clone(settled),
            };
            rt::spawn(lane.run(stop.clone()))
        })
        .collect();
    drop(done);
    let unsettled = AtomicBool::new(false);
    join(
        worked.settle(&app, settling, (&settled, &unsettled)),
        worked.keep_house(&app, stop, &unsettled),
    )
    .await;
    for lane in lanes {
        if let Err(error) = lane.await {
            tracing::error!(
                event = "outbox.lane_died",
                channel = worked.name,
                %error,
                "a class of messages is no longer sent"
            );
        }
    }
}

/// One class of messages of one channel.
struct Lane<C: Channel> {
    worked: &'static Worked<C>,
    app: Data<App>,
    class: Class,
    places: Arc<Semaphore>,
    done: mpsc::Sender<Done<C>>,
    settled: Arc<Notify>,
}

impl<C: Channel> Lane<C> {
    async fn run(self, mut stop: Stop) {
        let mut told_capped = false;
        while !stop.is_asked() {
            let pause = match self.lease().await {
                Ok(leased) => {
                    self.report(&leased, &mut told_capped);
                    let capped = leased.capped;
                    leased.messages.into_iter().for_each(|message| self.send(message));
                    if capped { CAPPED } else { self.worked.idle }
                }
                Err(fault) => {
                    self.worked.warn(&fault, "messages cannot be claimed");
                    FAULT
                }
            };
            tokio::select! {
                () = self.settled.notified() => {}
                _ = stop.sleep(pause) => {}
            }
        }
    }

    /// Claims as many messages as there are free places.
    async fn lease(&self) -> Result<Leased<C::Payload>, Fault> {
        let free = self.places.available_permits();
        (self.worked.dispatcher)(&self.app).lease(self.class, free).await
    }

    /// Sends one message while others are under way. A message leased without a free place, which cannot happen,
    /// waits for one.
    fn send(&self, message: LeasedMessage<C::Payload>) {
        let (worked, app, done) = (self.worked, Data::clone(&self.app), self.done.clone());
        let places = Arc::clone(&self.places);
        let place = Arc::clone(&places).try_acquire_owned().ok();
        rt::spawn(async move {
            let place = match place {
                Some(place) => Ok(place),
                None => places.acquire_owned().await,
            };
            let settlement = (worked.dispatcher)(&app).deliver(&message).await;
            worked.note(&app, &message, &settlement);
            if let Ok(place) = place {
                // The settler outlives every sender: it ends when the last of them is gone.
                drop(done.send((settlement, place)).await);
            }
        });
    }

    fn report(&self, leased: &Leased<C::Payload>, told_capped: &mut bool) {
        let (channel, class) = (self.worked.name, self.class);
        if leased.withheld + leased.expired > 0 {
            let (withheld, expired) = (leased.withheld, leased.expired);
            tracing::info!(
                event = "outbox.ended",
                channel,
                ?class,
                withheld,
                expired,
                "messages ended without being sent"
            );
        }
        if leased.capped && !*told_capped {
            let claimed = leased.claimed_today;
            refusals::count("texts_day");
            tracing::warn!(
                event = "outbox.capped",
                channel,
                ?class,
                claimed,
                "the day's messages are used up; this class waits"
            );
        }
        *told_capped = leased.capped;
    }
}

impl<C: Channel> Worked<C> {
    /// Tells the health report and the log how an attempt ended.
    fn note(&self, app: &App, message: &LeasedMessage<C::Payload>, settlement: &Settlement<C::Payload>) {
        if let Some(answered) = settlement.outcome.provider_answered() {
            (self.upstream)(app).answered(answered);
        }
        if self.logs_attempts {
            tracing::info!(
                event = "outbox.attempted",
                channel = self.name,
                message = ?message.id,
                attempt = message.attempts,
                outcome = ?settlement.outcome,
            );
        }
    }

    /// Stores what became of messages, as many at once as there are, until the last sender is gone. A settlement is
    /// never dropped: if the store cannot take it, it is offered again, and `unsettled` says so meanwhile.
    async fn settle(
        &self,
        app: &App,
        mut settling: mpsc::Receiver<Done<C>>,
        (settled, unsettled): (&[Arc<Notify>], &AtomicBool),
    ) {
        let mut batch = Vec::with_capacity(MAX_LEASE);
        while settling.recv_many(&mut batch, MAX_LEASE).await > 0 {
            let (settlements, places): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
            while let Err(fault) = (self.dispatcher)(app).settle(settlements.clone()).await {
                unsettled.store(true, Ordering::SeqCst);
                self.report_fault(&fault, "sent messages cannot be settled");
                tokio::time::sleep(FAULT).await;
            }
            unsettled.store(false, Ordering::SeqCst);
            drop(places);
            for lane in settled {
                lane.notify_one();
            }
        }
    }

    /// Settles expired leases and erases words that must not be kept. While what became of messages waits to be stored,
    /// no lease is taken back: its message may have been sent, and would be sent a second time.
    async fn keep_house(&self, app: &App, mut stop: Stop, unsettled: &AtomicBool) {
        let dispatcher = (self.dispatcher)(app);
        loop {
            let round = async {
                let recovered = if unsettled.load(Ordering::SeqCst) {
                    0
                } else {
                    dispatcher.recover().await?
                };
                if recovered > 0 {
                    tracing::error!(
                        event = "outbox.stranded",
                        channel = self.name,
                        recovered,
                        "messages were leased and never settled"
                    );
                }
                loop {
                    let rows = dispatcher.sweep().await?;
                    if rows == 0 {
                        return Ok::<_, Fault>(());
                    }
                    tracing::info!(event = "outbox.swept", channel = self.name, rows);
                }
            };
            let mut asked = stop.clone();
            tokio::select! {
                done = round => if let Err(fault) = done {
                    self.warn(&fault, "the outbox cannot be swept");
                },
                () = asked.asked() => return,
            }
            if !stop.sleep(SWEEP).await {
                return;
            }
        }
    }

    /// A fault after which messages wait.
    fn warn(&self, fault: &Fault, what: &'static str) {
        tracing::warn!(event = "outbox.fault", channel = self.name, error = ?fault, "{what}");
    }

    /// A fault after which sent messages are not known to be sent.
    fn report_fault(&self, fault: &Fault, what: &'static str) {
        tracing::error!(event = "outbox.fault", channel = self.name, error = ?fault, "{what}");
    }
}
