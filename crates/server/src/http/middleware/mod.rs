//! What happens to every request, whatever it asks for: an id, a time limit, a net under panics, headers, a log line.

pub mod access_log;
pub mod cors;
pub mod request_id;
pub mod security_headers;

use std::{panic::AssertUnwindSafe, time::Duration};

use actix_web::{
    Error, HttpMessage as _, HttpResponse, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::StatusCode,
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt as _;

use super::problem::Problem;
use crate::http::{app::App, row::RowIndex};

/// Longest path and query.
const MAX_TARGET: usize = 4_096;
/// How long a handler may take, its body included: longer than a slow body is waited for, so that the client is told
/// that it was slow.
const PATIENCE: Duration = Duration::from_secs(15);
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
    let line = access_log::Line::begin(&request, app.edge.clock.now());
    let too_long = too_long(&request);
    let patience = patience(request.path());
    let work = AssertUnwindSafe(async {
        match too_long {
            Some(problem) => Err(problem.into()),
            None => next.call(request).await,
        }
    });
    let work = tokio::time::timeout(patience, work.catch_unwind());
    let mut response = match request_id::scope(id.clone(), work).await {
        Ok(Ok(Ok(response))) => {
            let mut response = cors::explain(response.map_into_boxed_body());
            finish(response.response_mut(), &id, &app);
            let row = response.request().extensions().get::<RowIndex>().copied();
            line.end(row, response.status(), &id, &app);
            return Ok(response);
        }
        Ok(Ok(Err(error))) => refusal(&error),
        Ok(Err(_)) => {
            tracing::error!(request = id, "a handler panicked");
            Problem::internal().error_response()
        }
        Err(_) => {
            tracing::error!(request = id, "a handler took too long and was given up");
            Problem::busy().error_response()
        }
    };
    finish(&mut response, &id, &app);
    line.end(None, response.status(), &id, &app);
    Err(InternalError::from_response("answered at the edge", response).into())
}

/// What failed outside the handlers.
fn refusal(error: &Error) -> HttpResponse {
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.error_response();
    }
    tracing::error!(%error, request = request_id::current(), "a layer failed");
    Problem::internal().error_response()
}

/// Whether the head of the request is larger than any of ours (the addresses themselves have at most 200 bytes).
fn too_long(request: &ServiceRequest) -> Option<Problem> {
    let uri = request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    (uri > MAX_TARGET).then(|| {
        Problem::new(
            StatusCode::URI_TOO_LONG,
            "uri-too-long",
            "An address here has at most 4096 bytes.",
        )
    })
}

fn finish<B>(response: &mut HttpResponse<B>, id: &str, app: &App) {
    request_id::echo(response.headers_mut(), id);
    security_headers::apply(response.headers_mut(), app.edge.settings.https);
}

fn patience(path: &str) -> Duration {
    if path.starts_with("/simulator/") {
        LONG_POLL_PATIENCE
    } else {
        PATIENCE
    }
}
