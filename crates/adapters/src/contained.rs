//! Work whose panic ends that work and nothing else. A panic anywhere else may end a timer or a thread that everything
//! waits for, so the process does not go on after it.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    thread,
};

thread_local! {
    /// Whether this thread is inside of contained work.
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` and catches its panic.
///
/// # Errors
///
/// What it panicked with.
pub fn contained<T>(work: impl FnOnce() -> T) -> thread::Result<T> {
    let outside = CONTAINED.replace(true);
    let end = catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(outside);
    end
}

/// Awaits `work` and catches its panic.
///
/// # Errors
///
/// What it panicked with.
pub async fn contained_future<F: Future>(work: F) -> thread::Result<F::Output> {
    let mut work = pin!(work);
    poll_fn(|context| match contained(|| work.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// Whether a panic of this thread would be caught where it belongs.
pub fn is_contained() -> bool {
    CONTAINED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_contained_is_known_inside_only() {
        assert!(!is_contained());
        assert!(contained(is_contained).unwrap());
        let nested = contained(|| {
            assert!(contained(|| panic!("inside")).is_err());
            is_contained()
        });
        assert!(nested.unwrap());
        assert!(contained(|| panic!("a bug")).is_err());
        assert!(!is_contained());
        let waited = contained_future(async {
            tokio::task::yield_now().await;
            is_contained()
        });
        assert!(waited.await.unwrap());
        assert!(contained_future(async { panic!("a bug") }).await.is_err());
        assert!(!is_contained());
    }
}
