//! Work that goes on although its client hangs up: a handler's future is dropped then, a task is not.
//!
//! What is begun in one commit and ended in another is carried out like this, so that hanging up in between leaves no
//! attempt uncounted and no request half done.

use std::future::Future;

use actix_web::rt;

use super::{middleware::request_id, problem::Problem};

/// Carries `work` on to its end, as the same request.
///
/// # Errors
///
/// What the work refuses; 500 when it panicked.
pub async fn to_the_end<T: 'static>(
    work: impl Future<Output = Result<T, Problem>> + 'static,
) -> Result<T, Problem> {
    let request = request_id::current().unwrap_or_default();
    let task = rt::spawn(request_id::scope(request.clone(), work));
    task.await.unwrap_or_else(|error| {
        tracing::error!(request, %error, "a request's work did not come to its end");
        Err(Problem::internal())
    })
}
