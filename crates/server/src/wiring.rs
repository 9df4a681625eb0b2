//! Composition: the only file that names both a port and its adapter.

use std::sync::Arc;

use ipnet::IpNet;
use thunderbird_domain::time::Clock;

/// What the ports are, whatever stands behind them. Tests fill it from memory.
pub struct Ports {
    /// The present.
    pub clock: Arc<dyn Clock>,
}

/// What the HTTP layer itself needs to know of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Which browsers' origins may call `/auth` and `/api`.
    pub cors_origins: Vec<String>,
    /// Whether the public URL is https.
    pub https: bool,
}

/// Every use case, ready to be called; handlers and workers share it.
pub struct App {
    /// What the HTTP layer needs to know.
    pub edge: Edge,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

impl App {
    /// Builds the use cases on `ports`.
    pub fn new(ports: Ports, edge: Edge) -> Self {
        Self {
            edge,
            clock: ports.clock,
        }
    }
}
