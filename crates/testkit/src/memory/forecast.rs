//! Forecasts, cells to fetch and questions that wait, in memory.

use std::sync::Arc;

use thunderbird_domain::{
    forecast::{Answered, Cell, CellOrder, Forecast, ForecastRequest, ForecastStore, Ordered, Source},
    outgoing::{Outgoing, OutgoingText},
    port::PortFuture,
    random::Tag,
    route::RouteId,
    time::Timestamp,
};

use super::MemoryStore;

impl ForecastStore for MemoryStore {
    fn copies(&self, cells: Vec<Cell>) -> PortFuture<'_, Vec<Forecast>> {
        let state = self.lock();
        let known = state.forecasts.copies.values();
        let copies: Vec<Forecast> = known.filter(|copy| cells.contains(&copy.cell)).cloned().collect();
        Box::pin(async move { Ok(copies) })
    }

    fn put(&self, forecast: Forecast) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        let key = (forecast.cell, forecast.source);
        let known = state.forecasts.copies.get(&key);
        if known.is_none_or(|known| known.run <= forecast.run) {
            state.forecasts.copies.insert(key, forecast);
        }
        Box::pin(async { Ok(()) })
    }

    fn checked(
        &self,
        cell: Cell,
        source: Source,
        (at, expires): (Timestamp, Option<Timestamp>),
    ) -> PortFuture<'_, ()> {
        if let Some(copy) = self.lock().forecasts.copies.get_mut(&(cell, source)) {
            copy.checked = at;
            copy.expires = expires;
        }
        Box::pin(async { Ok(()) })
    }

    fn kept(&self, limit: u32) -> PortFuture<'_, Vec<Forecast>> {
        let state = self.lock();
        let mut kept: Vec<Forecast> = state.forecasts.copies.values().cloned().collect();
        kept.sort_by_key(|copy| std::cmp::Reverse(copy.run));
        kept.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        for copy in &mut kept {
            copy.hours = Arc::default();
        }
        Box::pin(async move { Ok(kept) })
    }

    fn order(&self, cells: Vec<CellOrder>, at: Timestamp) -> PortFuture<'_, usize> {
        let forecasts = &mut self.lock().forecasts;
        let known = forecasts.orders.len();
        for order in cells {
            forecasts.order(order, false, at);
        }
        let new = forecasts.orders.len() - known;
        Box::pin(async move { Ok(new) })
    }

    fn ordered(&self, limit: u32) -> PortFuture<'_, Vec<Ordered>> {
        let state = self.lock();
        let all = state.forecasts.orders.values().map(|ordered| Ordered {
            order: ordered.order,
            is_waited_for: ordered.is_waited_for,
            since: ordered.since,
            again_at: ordered.again_at,
        });
        let ordered: Vec<Ordered> = all.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
        Box::pin(async move { Ok(ordered) })
    }

    fn take(&self, now: Timestamp, until: Timestamp) -> PortFuture<'_, Option<CellOrder>> {
        let taken = self.lock().forecasts.take(now, until);
        Box::pin(async move { Ok(taken) })
    }

    fn settle(&self, cell: Cell, again_at: Option<Timestamp>) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        match (again_at, state.forecasts.orders.get_mut(&cell)) {
            (Some(again_at), Some(ordered)) => ordered.again_at = again_at,
            _ => drop(state.forecasts.orders.remove(&cell)),
        }
        Box::pin(async { Ok(()) })
    }

    fn waiting(&self, limit: u32) -> PortFuture<'_, Vec<ForecastRequest>> {
        let mut waiting = self.lock().forecasts.requests.clone();
        waiting.sort_by_key(|request| (request.due_at, request.tag));
        waiting.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Box::pin(async move { Ok(waiting) })
    }

    fn answer(&self, tag: Tag, texts: Vec<OutgoingText>, at: Timestamp) -> PortFuture<'_, Answered> {
        let answered = self.lock().answer_forecast(tag, texts, at);
        Box::pin(async move { Ok(answered) })
    }

    fn walked(&self) -> PortFuture<'_, Vec<RouteId>> {
        let state = self.lock();
        let ended = state.users.ended.iter().map(|(stored, _)| stored);
        let hikers = state.users.users.iter().chain(ended);
        let mut routes: Vec<RouteId> = hikers.map(|stored| stored.user.route.clone()).collect();
        routes.sort();
        routes.dedup();
        Box::pin(async move { Ok(routes) })
    }

    fn prune(&self, before: Timestamp) -> PortFuture<'_, usize> {
        let mut state = self.lock();
        let forecasts = &mut state.forecasts;
        let count =
            |state: &super::forecasts::State| state.copies.len() + state.orders.len() + state.requests.len();
        let known = count(forecasts);
        forecasts.copies.retain(|_, copy| copy.run >= before);
        forecasts.orders.retain(|_, ordered| ordered.since >= before);
        forecasts.requests.retain(|request| request.due_at >= before);
        let gone = known - count(forecasts);
        Box::pin(async move { Ok(gone) })
    }
}

impl super::State {
    fn answer_forecast(&mut self, tag: Tag, texts: Vec<OutgoingText>, at: Timestamp) -> Answered {
        let requests = &mut self.forecasts.requests;
        let Some(place) = requests.iter().position(|request| request.tag == tag) else {
            return Answered::Before;
        };
        let request = requests.remove(place);
        let live = self
            .user_of(&request.phone)
            .is_some_and(|hiker| hiker.id == request.user);
        if !live || self.opt_outs.stands(&request.phone) {
            return Answered::Withheld;
        }
        let texts: Vec<Outgoing> = texts.into_iter().map(Outgoing::Text).collect();
        self.queue_at(&texts, at);
        Answered::Queued
    }
}
