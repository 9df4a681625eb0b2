//! One line per request: method, route, status, time. Never a path as typed, a query, a body or a header.
//!
//! What went well is told at `debug`: at full load a line per request would cost more than the request. Of what did
//! not, [`LogPaces`](crate::http::log_pace::LogPaces) chooses.

use actix_web::{
    dev::ServiceRequest,
    http::{Method, StatusCode},
};
use thunderbird_domain::time::Timestamp;

use crate::http::{app::App, row::RowIndex};

/// A request that is under way.
pub struct Line {
    method: Method,
    began: Timestamp,
}

impl Line {
    /// Remembers what the response no longer knows.
    pub fn begin(request: &ServiceRequest, now: Timestamp) -> Self {
        Self {
            method: request.method().clone(),
            began: now,
        }
    }

    /// Counts the answer and writes the line. `row` is `None` for an address and method that are not in the table.
    pub fn end(self, row: Option<RowIndex>, status: StatusCode, request: &str, app: &App) {
        let method = self.method.as_str();
        let now = app.edge.clock.now();
        let took = now.since(self.began);
        let route = app.edge.metrics.route(row);
        app.edge.metrics.answered(row, status, took);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let status = status.as_u16();
        match status {
            500.. => app.edge.log.failed.line(now, |left_out| {
                tracing::warn!(target: "thunderbird::access", method, route, status, micros, request, left_out);
            }),
            400.. => app.edge.log.refused.line(now, |left_out| {
                tracing::info!(target: "thunderbird::access", method, route, status, micros, request, left_out);
            }),
            _ => tracing::debug!(target: "thunderbird::access", method, route, status, micros, request),
        }
    }
}
