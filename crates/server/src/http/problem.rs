//! The one shape of an error on the wire: `application/problem+json` (RFC 9457).

use std::{borrow::Cow, error::Error as _, fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use thunderbird_domain::port::{Fault, Retry};

use crate::http::middleware::request_id;

/// What a client waits before it asks again after a failure that may pass.
const PASSING_FAULT_RETRY: Duration = Duration::from_secs(2);

/// One member of a request that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The member's name as the client spelled it; empty for the document as a whole.
    #[schema(value_type = String, examples("email"))]
    pub field: Cow<'static, str>,
    /// A stable word for programs.
    #[schema(examples("required"))]
    pub code: &'static str,
    /// One sentence for people; never repeats the refused value.
    #[schema(value_type = String, examples("This member is required."))]
    pub message: Cow<'static, str>,
}

impl FieldError {
    /// A refusal of the member `field`.
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            field: field.into(),
            code,
            message: message.into(),
        }
    }
}

/// An answer that says no. A handler returns it; [`ResponseError`] renders it.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    slug: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    challenge: Option<&'static str>,
    allow: Option<String>,
    oauth: Option<&'static str>,
}

/// The document as it is sent.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// A relative reference that names the kind of problem; stable.
    #[serde(rename = "type")]
    #[schema(examples("/problems/invalid-request"))]
    kind: String,
    /// The kind in words.
    title: String,
    /// The status of the response, repeated.
    status: u16,
    /// One sentence for a person.
    detail: &'a str,
    /// The members that were refused (422 only).
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    errors: &'a [FieldError],
    /// OAuth2's name of the error (RFC 6749 section 5.2), where OAuth2 clients look.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    /// `detail` again, under the name that OAuth2 clients show.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<&'a str>,
}

impl Problem {
    /// A problem named by `slug` (the last segment of its `type`, also its title) and explained by the sentence
    /// `detail`, which never contains what the client sent.
    pub fn new(status: StatusCode, slug: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let challenge = (status == StatusCode::UNAUTHORIZED).then_some("Bearer");
        Self(Box::new(Parts {
            status,
            slug,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            challenge,
            allow: None,
            oauth: None,
        }))
    }

    /// 422: these members of the request were refused.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::refused("invalid-request", errors)
    }

    /// 422: these members of the request were refused, for a reason that clients tell from others by its name.
    pub fn refused(slug: &'static str, errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.message.clone(),
            _ => "Some members of the request are not valid.".into(),
        };
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, slug, detail);
        problem.0.errors = errors;
        problem
    }

    /// 422: this one member of the request was refused.
    pub fn invalid_field(
        field: &'static str,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::invalid(vec![FieldError::new(field, code, message)])
    }

    /// 404: nothing lives at this address, or nothing the caller may know of.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "There is nothing at this address.",
        )
    }

    /// 401: no credentials were sent (RFC 6750 section 3.1: no error code then).
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Sign in to use this.",
        )
    }

    /// 401: the token that was sent is not, or no longer, good.
    pub fn invalid_token() -> Self {
        let mut problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "invalid-token",
            "The access token is not valid, or its session has ended.",
        );
        problem.0.challenge = Some("Bearer error=\"invalid_token\"");
        problem
    }

    /// 429: too often; the same request may succeed after `wait`.
    pub fn throttled(detail: impl Into<Cow<'static, str>>, wait: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-attempts", detail).retry_after(wait)
    }

    /// 429: more writes in a minute than one source, or one account, may have.
    pub fn too_fast(wait: Duration) -> Self {
        Self::throttled("This is too much at a time. Please wait a moment.", wait)
    }

    /// 503: more work than the service can take on now.
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "The service is busy. Please try again in a moment.",
        )
        .retry_after(PASSING_FAULT_RETRY)
    }

    /// 400 `bad-cursor`.
    pub fn bad_cursor() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-cursor",
            "This cursor does not come from this list.",
        )
    }

    /// Adds `Retry-After`, in whole seconds, rounded up.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds `error`, OAuth2's name of this problem (RFC 6749 section 5.2).
    #[must_use]
    pub fn oauth(mut self, error: &'static str) -> Self {
        self.0.oauth = Some(error);
        self
    }

    /// 405, with the methods that would have been understood.
    pub fn method_not_allowed(allow: String) -> Self {
        let mut problem = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "This address does not understand this method.",
        );
        problem.0.allow = Some(allow);
        problem
    }

    /// The status it will be answered with.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The kind of problem in words: `too-many-attempts` as `Too many attempts`.
    pub fn title(&self) -> String {
        let words = self.0.slug.replace('-', " ");
        let mut letters = words.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    }

    /// What to tell a person.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What kind of problem it is.
    pub fn slug(&self) -> &'static str {
        self.0.slug
    }
}

/// A fault becomes an answer here and is logged here, once.
impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let cause = fault.source().map(ToString::to_string).unwrap_or_default();
        let request = request_id::current();
        match fault.retry() {
            Retry::Later => {
                tracing::warn!(
                    port = fault.port(),
                    cause,
                    request,
                    "a request met a passing fault"
                );
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "This cannot be done right now. Please try again in a moment.",
                )
                .retry_after(PASSING_FAULT_RETRY)
            }
            Retry::Never => {
                tracing::error!(port = fault.port(), cause, request, "a request met a fault");
                Self::internal()
            }
        }
    }
}

impl Problem {
    /// 500; the cause is in the log, never in the answer.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side. It has been recorded.",
        )
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0.slug, self.0.status.as_u16())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        let parts = &self.0;
        let mut response = HttpResponse::build(parts.status);
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if let Some(challenge) = parts.challenge {
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if let Some(allow) = &parts.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        if let Some(wait) = parts.retry_after {
            response.insert_header((header::RETRY_AFTER, whole_seconds(wait)));
        }
        let document = ProblemDocument {
            kind: format!("/problems/{}", parts.slug),
            title: self.title(),
            status: parts.status.as_u16(),
            detail: &parts.detail,
            errors: &parts.errors,
            error: parts.oauth,
            error_description: parts.oauth.map(|_| &*parts.detail),
        };
        response.body(serde_json::to_string(&document).unwrap_or_default())
    }
}

/// Seconds rounded up and at least one: a client that waits this long has waited long enough.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0))
        .max(1)
}

#[cfg(test)]
#[path = "problem_tests.rs"]
mod tests;
