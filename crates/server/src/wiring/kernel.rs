//! The ports that every context needs.

use std::sync::Arc;

use thunderbird_domain::{
    account::password::PasswordHasher,
    limit::RateLimiter,
    random::Entropy,
    route::RouteCatalogue,
    secret::{BodySealer, Macs},
    time::Clock,
};

/// The ports that every context needs.
pub struct KernelPorts {
    /// Seals what carries a code, a word or a link.
    pub sealer: Arc<dyn BodySealer>,
    /// The routes a hiker may be on.
    pub routes: Arc<dyn RouteCatalogue>,
    /// Counts what may happen only so often.
    pub limiter: Arc<dyn RateLimiter>,
    /// Hashes and verifies passwords of accounts.
    pub hasher: Arc<dyn PasswordHasher>,
    /// The same for the console, which always finds a place.
    pub console_hasher: Arc<dyn PasswordHasher>,
    /// Makes keyed digests.
    pub macs: Arc<dyn Macs>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
}
