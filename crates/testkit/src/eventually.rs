//! Waiting for a condition.

use std::time::Duration;

/// How long a condition may take. Generous, because a machine that runs all suites at once is slow; a condition that holds
/// ends the wait at once.
const DEADLINE: Duration = Duration::from_secs(90);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Calls `probe` until it finds something, and returns that.
///
/// # Panics
///
/// If nothing was found within 90 seconds; the message names `what` was waited for.
pub async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let found = tokio::time::timeout(DEADLINE, async {
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    });
    match found.await {
        Ok(found) => found,
        Err(elapsed) => panic!("waited {} s in vain for {what}: {elapsed}", DEADLINE.as_secs()),
    }
}

/// Waits until `holds` is true.
///
/// # Panics
///
/// If it is still false after 90 seconds; the message names `what` was waited for.
pub async fn eventually_holds(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    eventually(what, async || holds().await.then_some(())).await;
}
