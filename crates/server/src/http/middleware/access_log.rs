//! One line per request: method, route, status, time. Never a path as typed, a query, a body or a header.
//!
//! What went well is told at `debug`: at full load a line per request would cost more than the request.

use actix_web::{
    dev::ServiceRequest,
    http::{Method, StatusCode},
};
use thunderbird_domain::time::Timestamp;

use crate::wiring::App;

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

    /// Writes the line. `route` is the pattern of the table, `None` for an address that is not in it.
    pub fn end(self, route: Option<&str>, status: StatusCode, request: &str, app: &App) {
        let method = self.method.as_str();
        let micros = u64::try_from(app.clock.now().since(self.began).as_micros()).unwrap_or(u64::MAX);
        let route = route.unwrap_or("-");
        let status = status.as_u16();
        match status {
            500.. => tracing::warn!(target: "thunderbird::access", method, route, status, micros, request),
            400.. => tracing::info!(target: "thunderbird::access", method, route, status, micros, request),
            _ => tracing::debug!(target: "thunderbird::access", method, route, status, micros, request),
        }
    }
}
