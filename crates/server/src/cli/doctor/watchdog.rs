//! The watchdog outside.

use super::finding::Findings;
use crate::config::{
    Config, Gateway,
    watchdog::{WATCHDOG_URL, shown},
};

/// Looks at the setting. The watchdog itself is not asked: that would be a sign of life of a service that may be dead.
pub fn check(config: &Config, findings: &mut Findings) {
    match (&config.watchdog, &config.gateway) {
        (Some(url), _) => findings.ok(
            WATCHDOG_URL,
            format!(
                "{} hears of us once a minute while promises are watched",
                shown(url)
            ),
        ),
        (None, Gateway::Twilio(_)) => findings.advice(
            WATCHDOG_URL,
            "is not set: if this machine dies, nothing tells you that promises are not watched",
        ),
        (None, Gateway::Simulator) => {}
    }
}
