//! What happens to every request, whatever it asks for: an id, a time limit, a net under panics, headers, a log line.

pub mod access_log;
pub mod request_id;
pub mod security_headers;

use std::{panic::AssertUnwindSafe, time::Duration};

use actix_web::{
    Error, HttpResponse, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt as _;

use super::problem::Problem;
use crate::wiring::App;

/// How long a handler may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the simulator's long poll may take.
const LONG_POLL_PATIENCE: Duration = Duration::from_secs(40);

/// The outermost layer.
///
/// # Errors
///
/// An error that renders as a whole answer, headers included, when nothing further in produced one.
pub async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Err(Problem::internal().into());
    };
    let id = request_id::next();
    let line = access_log::Line::begin(&request, app.clock.now());
    let patience = patience(request.path());
    let work = AssertUnwindSafe(next.call(request)).catch_unwind();
    let outcome = request_id::scope(id.clone(), tokio::time::timeout(patience, work)).await;
    let refused = match outcome {
        Ok(Ok(Ok(response))) => {
            let mut response = response.map_into_boxed_body();
            finish(response.response_mut(), &id, &app);
            let route = response.request().match_pattern();
            line.end(route.as_deref(), response.status(), &id, &app);
            return Ok(response);
        }
        Ok(Ok(Err(error))) => error.error_response(),
        Ok(Err(_)) => {
            tracing::error!(request = id, "a handler panicked");
            Problem::internal().error_response()
        }
        Err(_) => {
            tracing::error!(request = id, "a handler took too long and was given up");
            Problem::busy().error_response()
        }
    };
    let mut response = refused;
    finish(&mut response, &id, &app);
    line.end(None, response.status(), &id, &app);
    Err(InternalError::from_response("answered at the edge", response).into())
}

fn finish<B>(response: &mut HttpResponse<B>, id: &str, app: &App) {
    request_id::echo(response.headers_mut(), id);
    security_headers::apply(response.headers_mut(), app.edge.https);
}

fn patience(path: &str) -> Duration {
    if path.starts_with("/simulator/") {
        LONG_POLL_PATIENCE
    } else {
        PATIENCE
    }
}
