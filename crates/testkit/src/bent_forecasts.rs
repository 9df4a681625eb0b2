//! A store of forecasts in memory that a test can bend: which routes are walked, and whose answer has a fault.

use std::sync::{Mutex, PoisonError};

use thunderbird_domain::{
    forecast::{Answered, Cell, CellOrder, Forecast, ForecastRequest, ForecastStore, Ordered, Source},
    outgoing::OutgoingText,
    phone_number::PhoneNumber,
    port::{Fault, PortFuture},
    random::Tag,
    route::RouteId,
    time::Timestamp,
};

use crate::memory::MemoryStore;

/// The store in memory, but for what is bent.
#[derive(Default)]
pub struct BentForecasts {
    store: MemoryStore,
    walked: Vec<RouteId>,
    faulty: Mutex<Option<PhoneNumber>>,
}

impl BentForecasts {
    /// This store, in which no answer has a fault and these routes are walked besides.
    pub fn on(store: MemoryStore, walked: Vec<RouteId>) -> Self {
        Self {
            store,
            walked,
            faulty: Mutex::default(),
        }
    }

    /// From now on the answers to this number cannot be stored.
    pub fn refuse_answers_to(&self, phone: PhoneNumber) {
        *self.faulty.lock().unwrap_or_else(PoisonError::into_inner) = Some(phone);
    }
}

impl ForecastStore for BentForecasts {
    fn copies(&self, cells: Vec<Cell>) -> PortFuture<'_, Vec<Forecast>> {
        self.store.copies(cells)
    }

    fn put(&self, forecast: Forecast) -> PortFuture<'_, ()> {
        self.store.put(forecast)
    }

    fn checked(
        &self,
        cell: Cell,
        source: Source,
        times: (Timestamp, Option<Timestamp>),
    ) -> PortFuture<'_, ()> {
        self.store.checked(cell, source, times)
    }

    fn kept(&self, limit: u32) -> PortFuture<'_, Vec<Forecast>> {
        self.store.kept(limit)
    }

    fn order(&self, cells: Vec<CellOrder>, at: Timestamp) -> PortFuture<'_, usize> {
        self.store.order(cells, at)
    }

    fn ordered(&self, limit: u32) -> PortFuture<'_, Vec<Ordered>> {
        self.store.ordered(limit)
    }

    fn take(&self, now: Timestamp, until: Timestamp) -> PortFuture<'_, Option<CellOrder>> {
        self.store.take(now, until)
    }

    fn settle(&self, cell: Cell, again_at: Option<Timestamp>) -> PortFuture<'_, ()> {
        self.store.settle(cell, again_at)
    }

    fn waiting(&self, limit: u32) -> PortFuture<'_, Vec<ForecastRequest>> {
        self.store.waiting(limit)
    }

    fn answer(&self, tag: Tag, texts: Vec<OutgoingText>, at: Timestamp) -> PortFuture<'_, Answered> {
        let faulty = self.faulty.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if texts.iter().any(|text| Some(&text.to) == faulty.as_ref()) {
            let fault = Fault::lasting("forecast store", std::io::Error::other("this row is broken"));
            return Box::pin(async { Err(fault) });
        }
        ForecastStore::answer(&self.store, tag, texts, at)
    }

    fn walked(&self) -> PortFuture<'_, Vec<RouteId>> {
        Box::pin(async move {
            let mut walked = self.store.walked().await?;
            walked.extend(self.walked.iter().cloned());
            Ok(walked)
        })
    }

    fn prune(&self, before: Timestamp) -> PortFuture<'_, usize> {
        ForecastStore::prune(&self.store, before)
    }
}
