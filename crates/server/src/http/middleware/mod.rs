//! What happens to every request, whatever it asks for: an id, a time limit, a net under panics, headers, a log line.

pub mod access_log;
pub mod cors;
pub mod request_id;
pub mod security_headers;

use std::time::Duration;

use actix_web::{
    Error, HttpMessage as _, HttpResponse, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{ConnectionType, StatusCode},
    middleware::Next,
    web::Data,
};
use thunderbird_adapters::contained::contained_future;
use thunderbird_domain::limit::Source;

use super::problem::Problem;
use crate::http::{app::App, connections::Place, extract::ClientAddr, row::RowIndex};

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
    let has_place = request
        .request()
        .conn_data::<Place>()
        .is_none_or(|place| place.serves(request.path()));
    let refused = if has_place {
        too_long(&request).or_else(|| too_fast(&request, &app))
    } else {
        Some(later(&request, Problem::busy()))
    };
    let patience = patience(request.path());
    let work = contained_future(async {
        match refused {
            Some(problem) => Err(problem.into()),
            None => next.call(request).await,
        }
    });
    let work = tokio::time::timeout(patience, work);
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
    if !has_place {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
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

/// Whether the source writes faster than anybody needs to. What Twilio signs is counted by sender, further in.
fn too_fast(request: &ServiceRequest, app: &App) -> Option<Problem> {
    if request.method().is_safe() || request.path().starts_with("/webhook/") {
        return None;
    }
    let source = Source::of(ClientAddr::of(request.request())?.0);
    let verdict = app.edge.paces.sources.take(source, app.edge.clock.now());
    let refused = verdict.or_throttled(Problem::too_fast).err();
    refused.map(|problem| later(request, problem))
}

/// A refusal that ends by itself. Clients of OAuth2 read that in a member of their own.
fn later(request: &ServiceRequest, problem: Problem) -> Problem {
    if request.path() == "/auth/token" {
        problem.oauth("temporarily_unavailable")
    } else {
        problem
    }
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
