//! What is kept about forecasts, in memory.

use std::collections::BTreeMap;

use thunderbird_domain::{
    forecast::{Cell, CellOrder, Forecast, ForecastOrder, ForecastRequest, Source},
    time::Timestamp,
};

/// A cell that is to be fetched.
pub(crate) struct Ordered {
    pub(crate) order: CellOrder,
    pub(crate) is_waited_for: bool,
    pub(crate) since: Timestamp,
    pub(crate) again_at: Timestamp,
}

/// Everything about forecasts.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) copies: BTreeMap<(Cell, Source), Forecast>,
    pub(crate) orders: BTreeMap<Cell, Ordered>,
    pub(crate) requests: Vec<ForecastRequest>,
}

impl State {
    /// Stores what a text makes us fetch.
    pub(crate) fn apply(&mut self, wanted: ForecastOrder, at: Timestamp) {
        let is_waited_for = wanted.request.is_some();
        self.requests.extend(wanted.request);
        for order in wanted.cells {
            self.order(order, is_waited_for, at);
        }
    }

    pub(crate) fn order(&mut self, order: CellOrder, is_waited_for: bool, at: Timestamp) {
        let ordered = self.orders.entry(order.cell).or_insert(Ordered {
            order,
            is_waited_for,
            since: at,
            again_at: at,
        });
        ordered.is_waited_for |= is_waited_for;
        if order.is_of_route && !ordered.order.is_of_route {
            ordered.order.is_of_route = true;
            ordered.again_at = at;
        }
    }

    /// Forgets questions that were never answered; says how many.
    pub(crate) fn forget_requests(&mut self, before: Timestamp) -> usize {
        let count = self.requests.len();
        self.requests.retain(|request| request.due_at >= before);
        count - self.requests.len()
    }

    pub(crate) fn take(&mut self, now: Timestamp, until: Timestamp) -> Option<CellOrder> {
        let due = self.orders.values_mut().filter(|ordered| ordered.again_at <= now);
        let next = due.min_by_key(|ordered| (!ordered.is_waited_for, ordered.since, ordered.order.cell))?;
        next.again_at = until;
        Some(next.order)
    }
}
