//! The operator's console, composed.

use std::sync::Arc;

use thunderbird_adapters::crypto::totp::Authenticator;
use thunderbird_domain::{
    admin::{AdminActions, AdminReader, AdminSessions, AdminStore, Console},
    phone::PhoneStore,
    phone_number::{Region, TextableRegions},
    user::UserStore,
};

use super::kernel::KernelPorts;

/// What the console's ports are, where nothing else has them.
pub struct ConsolePorts {
    /// Keeps administrators.
    pub admins: Arc<dyn AdminStore>,
    /// Keeps their sessions.
    pub sessions: Arc<dyn AdminSessions>,
    /// Answers questions.
    pub reader: Arc<dyn AdminReader>,
    /// Carries out what an operator decides.
    pub actions: Arc<dyn AdminActions>,
    /// Keeps hikers.
    pub users: Arc<dyn UserStore>,
    /// Keeps links between numbers and accounts.
    pub phones: Arc<dyn PhoneStore>,
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
        S: AdminStore + AdminSessions + AdminReader + AdminActions + UserStore + PhoneStore + 'static,
    {
        Self {
            admins: store.clone(),
            sessions: store.clone(),
            reader: store.clone(),
            actions: store.clone(),
            users: store.clone(),
            phones: store.clone(),
        }
    }

    /// The console.
    pub fn compose(self, kernel: KernelPorts, rules: ConsoleRules) -> Console {
        Console {
            admins: self.admins,
            sessions: self.sessions,
            reader: self.reader,
            actions: self.actions,
            users: self.users,
            phones: self.phones,
            limiter: kernel.limiter,
            hasher: kernel.console_hasher,
            totp: Arc::new(Authenticator),
            sealer: kernel.sealer,
            macs: kernel.macs,
            routes: kernel.routes,
            clock: kernel.clock,
            entropy: kernel.entropy,
            region: rules.region,
            textable: rules.textable,
            failures_per_source: rules.failures_per_source,
        }
    }
}
