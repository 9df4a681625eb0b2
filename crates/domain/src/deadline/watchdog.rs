//! The port to a watchdog outside, which calls for help when it hears nothing from us.

use crate::port::PortFuture;

/// A watchdog outside, such as a dead man's switch. Contract: `thunderbird_testkit::contract::watchdog`.
pub trait Watchdog: Send + Sync {
    /// Gives one sign of life, once. It returns within ten seconds: a fault means that the watchdog may not have heard it.
    fn ping(&self) -> PortFuture<'_, ()>;
}
