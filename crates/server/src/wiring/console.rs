//! The operator's console, composed.

use std::sync::Arc;

use thunderbird_adapters::crypto::totp::Authenticator;
use thunderbird_domain::{
    account::password::PasswordHasher,
    admin::{AdminSessions, AdminStore, Console, ConsoleActions, ConsoleReader},
    limit::RateLimiter,
    phone::PhoneStore,
    phone_number::{Region, TextableRegions},
    random::Entropy,
    route::RouteCatalogue,
    secret::{BodySealer, Macs},
    time::Clock,
};

/// What the console's ports are, where nothing else has them.
pub struct ConsolePorts {
    /// Keeps administrators.
    pub admins: Arc<dyn AdminStore>,
    /// Keeps their sessions.
    pub sessions: Arc<dyn AdminSessions>,
    /// Answers questions.
    pub reader: Arc<dyn ConsoleReader>,
    /// Carries out what an operator decides.
    pub actions: Arc<dyn ConsoleActions>,
    /// Knows which number is linked to which account.
    pub phones: Arc<dyn PhoneStore>,
}

/// What the console's ports are that other contexts have, too.
pub struct SharedPorts {
    /// Seals the authenticator's secret.
    pub sealer: Arc<dyn BodySealer>,
    /// The routes a hiker may be on.
    pub routes: Arc<dyn RouteCatalogue>,
    /// Counts failed sign-ins.
    pub limiter: Arc<dyn RateLimiter>,
    /// Hashes and verifies passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Makes keyed digests.
    pub macs: Arc<dyn Macs>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// What the operator chose that the console decides by.
#[derive(Debug, Clone)]
pub struct ConsoleRules {
    /// How numbers without a country are read.
    pub region: Region,
    /// Which numbers may be texted.
    pub textable: TextableRegions,
    /// Failed sign-ins one source may have in 10 minutes.
    pub failures_per_source: u32,
}

impl ConsolePorts {
    /// One store, as every console port.
    pub fn on<S>(store: &Arc<S>) -> Self
    where
        S: AdminStore + AdminSessions + ConsoleReader + ConsoleActions + PhoneStore + 'static,
    {
        Self {
            admins: store.clone(),
            sessions: store.clone(),
            reader: store.clone(),
            actions: store.clone(),
            phones: store.clone(),
        }
    }

    /// The console.
    pub fn compose(self, shared: SharedPorts, rules: ConsoleRules) -> Console {
        Console {
            admins: self.admins,
            sessions: self.sessions,
            reader: self.reader,
            actions: self.actions,
            phones: self.phones,
            limiter: shared.limiter,
            hasher: shared.hasher,
            totp: Arc::new(Authenticator),
            sealer: shared.sealer,
            macs: shared.macs,
            routes: shared.routes,
            clock: shared.clock,
            entropy: shared.entropy,
            region: rules.region,
            textable: rules.textable,
            failures_per_source: rules.failures_per_source,
        }
    }
}
