//! What systemd is told: ready, stopping, and that the writer still writes.

use std::{sync::Arc, time::Duration};

use sd_notify::NotifyState;
use thunderbird_domain::health::StoreHealth;

/// Connections are accepted.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The service comes to an end.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Feeds the watchdog, if there is one, as long as the writer answers. A store that refuses is alive: only silence is
/// a reason to be started again.
pub async fn watch(store: Arc<dyn StoreHealth>) {
    let Some(deadline) = sd_notify::watchdog_enabled() else {
        return;
    };
    let mut beat = tokio::time::interval((deadline / 3).max(Duration::from_millis(100)));
    loop {
        beat.tick().await;
        if let Err(fault) = store.ping_writer().await {
            tracing::warn!(port = fault.port(), "the writer refuses");
        }
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(state: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "systemd was not told");
    }
}
