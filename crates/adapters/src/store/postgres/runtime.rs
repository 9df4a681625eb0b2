//! Diesel's synchronous calls on a thread that has a runtime of its own.

use std::{
    cell::RefCell,
    io,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread,
};

use diesel_async::async_connection_wrapper::BlockOn;
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: RefCell<Option<Arc<Runtime>>> = const { RefCell::new(None) };
}

/// The runtime of this thread, made when it is first asked for. A connection's driver runs on it, so it goes on only
/// while the thread waits for an answer.
pub(super) fn of_this_thread() -> io::Result<Arc<Runtime>> {
    RUNTIME.with_borrow_mut(|kept| {
        if let Some(runtime) = kept {
            return Ok(Arc::clone(runtime));
        }
        let runtime = Arc::new(Builder::new_current_thread().enable_all().build()?);
        *kept = Some(Arc::clone(&runtime));
        Ok(runtime)
    })
}

/// What Diesel's wrapper waits with.
pub(crate) struct OwnRuntime(Option<Arc<Runtime>>);

impl BlockOn for OwnRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let Some(runtime) = &self.0 else {
            return without_runtime(future);
        };
        runtime.block_on(future)
    }

    fn get_runtime() -> Self {
        Self(RUNTIME.with_borrow(Clone::clone))
    }
}

/// A connection is only made on a thread that has a runtime, so this is never on the way of a statement.
fn without_runtime<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        thread::yield_now();
    }
}
