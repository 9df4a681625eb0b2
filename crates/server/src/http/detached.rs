//! Work that completes even if the client disconnects. A handler's future is dropped then, a task is not.
//!
//! Work that starts in one commit and ends in another runs like this, so that a disconnect in between leaves no attempt
//! uncounted and no request half done.

use std::future::Future;

use actix_web::rt;
use thunderbird_adapters::contained::contained_future;

use super::{middleware::request_id, problem::Problem};

/// Runs `work` in a task of its own, with the same request id, and waits for it.
///
/// # Errors
///
/// What the work refuses; 500 if it panicked.
pub async fn detached<T: 'static>(
    work: impl Future<Output = Result<T, Problem>> + 'static,
) -> Result<T, Problem> {
    let request = request_id::current().unwrap_or_default();
    let task = rt::spawn(contained_future(request_id::scope(request.clone(), work)));
    if let Ok(Ok(outcome)) = task.await {
        return outcome;
    }
    tracing::error!(request, "a request's work did not come to its end");
    Err(Problem::internal())
}
