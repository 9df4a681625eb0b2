//! What the HTTP layer itself needs, composed.

use std::sync::Arc;

use thunderbird_domain::{health::StoreHealth, idempotency::IdempotencyStore};

use super::kernel::KernelPorts;
use crate::{
    config::{Config, PublicUrl},
    http::{
        app::{Edge, EdgeSettings},
        log_pace::LogPaces,
        pace::Paces,
        routes,
        simulator::access::SimulatorAccess,
    },
    metrics::Metrics,
};

/// The ports that only the HTTP layer itself asks.
pub struct EdgePorts {
    /// Keeps answers for the keys of requests.
    pub idempotency: Arc<dyn IdempotencyStore>,
    /// How the store is.
    pub store_health: Arc<dyn StoreHealth>,
    /// What is shown of the simulators, while one is on.
    pub simulator: Option<SimulatorAccess>,
}

impl EdgePorts {
    /// Composes the edge, with a counter for each row of the route table.
    pub fn compose(self, kernel: &KernelPorts, settings: EdgeSettings) -> Edge {
        Edge {
            paces: Paces::new(settings.writes_per_minute.unwrap_or(u32::MAX)),
            settings,
            clock: Arc::clone(&kernel.clock),
            idempotency: self.idempotency,
            log: LogPaces::default(),
            metrics: Metrics::new(&routes::table()),
            store_health: self.store_health,
            simulator: self.simulator,
        }
    }
}

impl EdgeSettings {
    /// The settings, as configured.
    pub(super) fn of(config: &Config, public_url: &PublicUrl) -> Self {
        Self {
            trusted_proxies: config.listen.trusted_proxies.clone(),
            cors_origins: config.listen.cors_origins.clone(),
            https: public_url.is_https(),
            origin: public_url.to_string(),
            holder: config.listen.holder.clone(),
            writes_per_minute: Some(config.limits.writes_per_minute),
        }
    }
}
