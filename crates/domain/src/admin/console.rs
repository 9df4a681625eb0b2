//! The console: the ports that its questions and actions need.

use std::sync::Arc;

use super::{
    actions::AdminActions,
    reader::AdminReader,
    store::{AdminSessions, AdminStore},
    totp::TotpCodes,
};
use crate::{
    account::password::PasswordHasher,
    limit::RateLimiter,
    phone::PhoneStore,
    phone_number::{Region, TextableRegions},
    random::Entropy,
    route::{Route, RouteCatalogue},
    secret::{BodySealer, Macs},
    time::Clock,
    user::UserStore,
};

/// The console: the ports it needs, and every question and action as a method.
pub struct Console {
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
    /// Counts failed sign-ins.
    pub limiter: Arc<dyn RateLimiter>,
    /// Hashes and verifies passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Judges codes of an authenticator.
    pub totp: Arc<dyn TotpCodes>,
    /// Seals the authenticator's secret.
    pub sealer: Arc<dyn BodySealer>,
    /// Makes the keys under which names are counted.
    pub macs: Arc<dyn Macs>,
    /// The routes a hiker may be on.
    pub routes: Arc<dyn RouteCatalogue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// How numbers without a country are read.
    pub region: Region,
    /// Which numbers may be texted.
    pub textable: TextableRegions,
    /// Failed sign-ins one source may have in 10 minutes.
    pub failures_per_source: u32,
}

impl Console {
    /// The routes that a hiker may be on, in the order of the menu.
    pub fn routes(&self) -> &[Route] {
        self.routes.all()
    }
}
