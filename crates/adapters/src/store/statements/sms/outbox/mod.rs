//! Texts in the outbox: leases and settlements in batches, so that the writer commits many messages at once.

pub(crate) mod callbacks;
pub(crate) mod row;

use thunderbird_domain::{
    outbox::{
        lease::{LeaseOrder, Leased},
        message::Progress,
        port::Outbox,
        settle::Settlement,
    },
    outgoing::{Outgoing, OutgoingText},
    port::PortFuture,
    random::Tag,
    sms::outbox::{Callback, CallbackResult, DeliveryReports, LeasedText, Reading, TextPayload, Unread},
    time::Timestamp,
};

use super::{Held, Key, Keys, Store, Unkeyed, claim, dialect, due, outgoing, settle};

const PORT: &str = "outbox";

impl Outbox<TextPayload> for Store {
    fn queue(&self, texts: Vec<OutgoingText>, at: Timestamp) -> PortFuture<'_, ()> {
        let texts: Vec<_> = texts.into_iter().map(Outgoing::Text).collect();
        self.transact(PORT, Keys::none(Unkeyed::Appends), move |connection| {
            Ok(outgoing::queue(connection, &texts, None, at)?)
        })
    }

    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<TextPayload>>> {
        self.read_here(PORT, move |connection| row::progress(connection, tag))
    }

    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<TextPayload>> {
        Box::pin(async move {
            let (class, now) = (order.class, order.now);
            let due = self.read_here(PORT, move |connection| claim::is_due(connection, class, now));
            if !due.await? {
                return Ok(Leased::default());
            }
            let keys = Keys::on([Key::Queue(class.as_str())]);
            self.transact(PORT, keys, move |connection| {
                Ok(due::claim::<claim::Row>(connection, &order)?)
            })
            .await
        })
    }

    fn settle(&self, settlements: Vec<Settlement<TextPayload>>) -> PortFuture<'_, ()> {
        let keys = Keys::on(settlements.iter().flat_map(settle::keys));
        self.transact(PORT, keys, move |connection| {
            let texts: Vec<i64> = settlements.iter().map(|settled| settled.id.get()).collect();
            dialect::hold(connection, Held::HikersOf(&texts))?;
            Ok(settlements
                .iter()
                .try_for_each(|settlement| settle::apply(connection, settlement))?)
        })
    }

    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedText>> {
        self.read(PORT, move |connection| claim::stranded(connection, now, limit))
    }

    fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize> {
        self.transact(PORT, Keys::none(Unkeyed::Sweep), move |connection| {
            let forward = claim::bring_forward(connection, now)?;
            Ok(forward + callbacks::erase(connection, now)?)
        })
    }
}

impl DeliveryReports for Store {
    fn hear(&self, callback: Callback) -> PortFuture<'_, CallbackResult> {
        let keys = Keys::on([Key::Sid(callback.sid.as_str())]);
        self.transact(PORT, keys, move |connection| {
            Ok(callbacks::take(connection, &callback)?)
        })
    }

    fn unread(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<Unread>> {
        self.read(PORT, move |connection| callbacks::unread(connection, now, limit))
    }

    fn record(&self, readings: Vec<Reading>) -> PortFuture<'_, ()> {
        let keys = Keys::on(readings.iter().map(|reading| Key::Text(reading.id.get())));
        self.transact(PORT, keys, move |connection| {
            let texts: Vec<i64> = readings.iter().map(|reading| reading.id.get()).collect();
            dialect::hold(connection, Held::HikersOf(&texts))?;
            Ok(readings
                .iter()
                .try_for_each(|reading| callbacks::record(connection, reading))?)
        })
    }
}
