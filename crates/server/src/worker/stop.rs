//! The request to stop, as the workers receive it.

use std::time::Duration;

use tokio::sync::watch;

/// Tells a worker when to stop.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

/// A request that was not made yet, and the half that makes it by sending `true`.
pub fn channel() -> (watch::Sender<bool>, Stop) {
    let (sender, receiver) = watch::channel(false);
    (sender, Stop(receiver))
}

impl Stop {
    /// Returns as soon as the service is asked to stop.
    pub async fn asked(&mut self) {
        // An error means that the sender was dropped, which asks for the same.
        drop(self.0.wait_for(|stop| *stop).await);
    }

    /// Whether the service was asked to stop.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Sleeps this long, or until the service is asked to stop. Returns true if it was not asked.
    pub async fn sleep(&mut self, span: Duration) -> bool {
        tokio::time::timeout(span, self.asked()).await.is_err()
    }
}
