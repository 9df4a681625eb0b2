//! What is counted, for Prometheus. No label carries anything about a person: routes are patterns.

mod exposition;
pub mod listener;
mod pager;
mod promises;
pub mod refused_webhook;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use actix_web::http::{Method, StatusCode};

use self::refused_webhook::RefusedWebhooks;
use crate::http::row::{Guard, Row, RowIndex};

/// The statuses that are counted one by one; any other is counted with its hundred.
const STATUSES: [u16; 24] = [
    200, 201, 202, 204, 303, 304, 400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 422, 429, 431, 500, 502,
    503, 504, 0,
];

/// The counters of one row of the route table, or of everything that met no row.
struct Counters {
    method: Method,
    path: &'static str,
    guard: Guard,
    statuses: [AtomicU64; STATUSES.len()],
    micros: AtomicU64,
}

/// Everything counted since the process started.
pub struct Metrics {
    rows: Vec<Counters>,
    nowhere: Counters,
    /// Webhooks whose signature was refused.
    pub refused_webhooks: RefusedWebhooks,
}

impl Counters {
    fn new(method: Method, path: &'static str, guard: Guard) -> Self {
        Self {
            method,
            path,
            guard,
            statuses: [const { AtomicU64::new(0) }; STATUSES.len()],
            micros: AtomicU64::new(0),
        }
    }

    fn of(row: &Row) -> Self {
        Self::new(row.method.clone(), row.path, row.guard)
    }

    fn with(&self, status: u16) -> u64 {
        let counted = STATUSES.iter().zip(&self.statuses);
        counted
            .filter(|(known, _)| **known == status)
            .map(|(_, count)| count.load(Ordering::Relaxed))
            .sum()
    }

    fn total(&self) -> u64 {
        self.statuses
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    }
}

impl Metrics {
    /// Nothing counted yet, with a counter for each of `rows`, the whole route table in its order.
    pub fn new(rows: &[Row]) -> Self {
        Self {
            rows: rows.iter().map(Counters::of).collect(),
            nowhere: Counters::new(Method::GET, "-", Guard::Public),
            refused_webhooks: RefusedWebhooks::default(),
        }
    }

    /// The pattern of a row, `-` for none.
    pub fn route(&self, row: Option<RowIndex>) -> &'static str {
        self.counters(row).path
    }

    /// Counts one answer.
    pub fn answered(&self, row: Option<RowIndex>, status: StatusCode, took: Duration) {
        let counters = self.counters(row);
        let status = status.as_u16();
        let slot = STATUSES.iter().position(|known| *known == status);
        if let Some(count) = slot.map_or(counters.statuses.last(), |slot| counters.statuses.get(slot)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        counters.micros.fetch_add(micros, Ordering::Relaxed);
    }

    fn counters(&self, row: Option<RowIndex>) -> &Counters {
        row.and_then(|RowIndex(index)| self.rows.get(index))
            .unwrap_or(&self.nowhere)
    }
}
