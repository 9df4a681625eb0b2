//! Reads the key ring again: on SIGHUP and every ten seconds.

use std::{sync::Arc, time::Duration};

use thunderbird_adapters::crypto::ring_keeper::RingKeeper;
use tokio::signal::unix::{SignalKind, signal};

use super::stop::Stop;

const EVERY: Duration = Duration::from_secs(10);

/// Works until the service is asked to end.
pub async fn work(keeper: Arc<RingKeeper>, mut stop: Stop) {
    let mut hangup = match signal(SignalKind::hangup()) {
        Ok(hangup) => hangup,
        Err(error) => {
            tracing::error!(%error, "SIGHUP cannot be heard; the key ring is not read again");
            return;
        }
    };
    let mut complained = false;
    while !stop.is_asked() {
        match keeper.tend().await {
            Ok(()) => complained = false,
            Err(error) if !complained => {
                tracing::error!(%error, "the key ring cannot be looked after; the keys in force stay");
                complained = true;
            }
            Err(_) => {}
        }
        tokio::select! {
            _ = hangup.recv() => {}
            () = tokio::time::sleep(EVERY) => {}
            () = stop.asked() => {}
        }
    }
}
