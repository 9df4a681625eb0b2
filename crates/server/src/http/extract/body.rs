//! Reading a body: bounded in size and in time.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::{StatusCode, header},
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt as _;

use crate::http::problem::Problem;

/// Largest body anywhere.
pub const LIMIT: usize = 64 * 1024;
/// Largest body under `/auth`.
pub const AUTH_LIMIT: usize = 16 * 1024;
/// How long a client may take to send one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The whole body.
///
/// # Errors
///
/// 415 when it is compressed, 413 beyond the route's limit (at once when `Content-Length` says so), 408 when it takes over 10 seconds, 400 when
/// it breaks off.
pub async fn read(request: HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    if is_coded(&request) {
        return Err(coded());
    }
    let limit = limit(&request);
    if announced(&request).is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    match tokio::time::timeout(PATIENCE, collect(payload, limit)).await {
        Ok(body) => body,
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "request-timeout",
            "The body did not arrive within 10 seconds.",
        )),
    }
}

async fn collect(mut payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| broken(&error, limit))?;
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The limit of the route, however its address was escaped.
fn limit(request: &HttpRequest) -> usize {
    if request
        .match_pattern()
        .is_some_and(|route| route.starts_with("/auth/"))
    {
        AUTH_LIMIT
    } else {
        LIMIT
    }
}

/// Whether the body is compressed, which nobody here undoes: a small one could grow without end.
fn is_coded(request: &HttpRequest) -> bool {
    let codings = request.headers().get_all(header::CONTENT_ENCODING);
    codings
        .map(|coding| coding.as_bytes().trim_ascii())
        .any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
}

fn coded() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-encoding",
        "The body must not be compressed.",
    )
}

fn announced(request: &HttpRequest) -> Option<usize> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        format!("A body here has at most {limit} bytes."),
    )
}

fn broken(error: &PayloadError, limit: usize) -> Problem {
    match error {
        PayloadError::Overflow => too_large(limit),
        _ => Problem::new(StatusCode::BAD_REQUEST, "broken-body", "The body broke off."),
    }
}

/// Whether `Content-Type` is `wanted` (lower case), with no charset but UTF-8.
pub fn has_type(request: &HttpRequest, wanted: &str) -> bool {
    let Some(value) = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
    named
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
                charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// 415, naming the type that is understood.
pub fn wrong_type(wanted: &'static str) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        format!("The body must be {wanted}."),
    )
}
