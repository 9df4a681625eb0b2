//! Composition: the only file that names both a port and its adapter.

use std::sync::Arc;

use ipnet::IpNet;
use thunderbird_domain::{
    account::{AccountRules, AccountStore, Accounts, SessionStore, Turnstile, password::PasswordHasher},
    limit::RateLimiter,
    random::Entropy,
    secret::Macs,
    time::Clock,
    token::sealer::TokenSealer,
};

/// What the ports are, whatever stands behind them. Tests fill it from memory.
pub struct Ports {
    /// Keeps accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Hashes and verifies passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Counts what may happen only so often.
    pub limiter: Arc<dyn RateLimiter>,
    /// Makes keyed digests.
    pub macs: Arc<dyn Macs>,
    /// Keeps sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Seals and opens access tokens.
    pub tokens: Arc<dyn TokenSealer>,
}

/// What the operator chose, for those who decide by it.
pub struct Rules {
    /// About accounts.
    pub accounts: AccountRules,
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
    /// Accounts and their sessions.
    pub accounts: Accounts,
}

impl App {
    /// Builds the use cases on `ports`.
    pub fn new(ports: Ports, rules: Rules, edge: Edge) -> Self {
        Self {
            edge,
            clock: Arc::clone(&ports.clock),
            accounts: Accounts {
                accounts: ports.accounts,
                sessions: ports.sessions,
                limiter: ports.limiter,
                hasher: ports.hasher,
                sealer: ports.tokens,
                macs: ports.macs,
                clock: ports.clock,
                entropy: ports.entropy,
                rules: rules.accounts,
                registering: Turnstile::default(),
            },
        }
    }
}

/// The whole service over the memory store, for tests of the HTTP layer.
#[cfg(test)]
pub fn in_memory() -> App {
    use std::time::Duration;

    use thunderbird_testkit::{
        clock::StoppedClock,
        crypto::{InstantHasher, RememberingTokens, TestMacs},
        entropy::SeededEntropy,
        memory::MemoryStore,
    };

    let store = MemoryStore::default();
    let ports = Ports {
        accounts: Arc::new(store.clone()),
        clock: Arc::new(StoppedClock::default()),
        entropy: Arc::new(SeededEntropy::default()),
        hasher: Arc::new(InstantHasher::default()),
        limiter: Arc::new(store.clone()),
        macs: Arc::new(TestMacs::default()),
        sessions: Arc::new(store),
        tokens: Arc::new(RememberingTokens::default()),
    };
    let rules = Rules {
        accounts: AccountRules {
            registration_open: true,
            access_token_life: Duration::from_mins(30),
            registrations_per_hour: 10,
            login_failures_per_10_min: 20,
        },
    };
    App::new(ports, rules, Edge::default())
}
