//! `POST /auth/token`
//!
//! OAuth2's token endpoint (RFC 6749 section 3.2) for clients of our own: there are no registered clients, so client
//! identification, an empty Basic header included, is neither asked for nor looked at (section 3.2.1), nor is `scope`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use serde::Serialize;
use thunderbird_domain::{
    account::{
        Grant, LoginAttempt, LoginError, OpaqueToken, RefreshError, UserAgent, password::PasswordAttempt,
    },
    limit::Source,
};

use crate::http::{
    app::App,
    detached::detached,
    extract::{ClientAddr, Form},
    problem::{Problem, ProblemDocument},
};

/// What a client presents for tokens.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read field by field")]
pub struct TokenRequest {
    /// `password`, which is also meant when it is left out, or `refresh_token`.
    #[schema(examples("password"))]
    grant_type: Option<String>,
    /// The account's e-mail address.
    #[schema(examples("ada@example.org"))]
    username: Option<String>,
    /// The account's password.
    #[schema(format = "password")]
    password: Option<String>,
    /// For `grant_type=password`: the `device_token` of an earlier sign-in on this device, so that failed sign-ins
    /// elsewhere do not delay this one. One that is not known is ignored.
    device_token: Option<String>,
    /// For `grant_type=refresh_token`: the refresh token of the last answer.
    refresh_token: Option<String>,
}

/// Tokens (RFC 6749 section 5.1).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Tokens)]
pub struct TokenAnswer {
    /// For the `Authorization` header, after `Bearer`.
    access_token: String,
    /// Always `bearer`.
    #[schema(examples("bearer"))]
    token_type: &'static str,
    /// How many seconds the access token is good for.
    #[schema(examples(1800))]
    expires_in: u64,
    /// For the next tokens; it replaces the one it was traded for.
    refresh_token: String,
    /// After a sign-in with a password: to be kept, also after signing out, and sent with the next sign-in on this device.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
}

/// Trades a password, or a refresh token, for tokens.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/token",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Signed in.", body = TokenAnswer),
        (status = 400, description = "`invalid_request` or `unsupported_grant_type`.", body = ProblemDocument),
        (status = 401, description = "`invalid_grant`.", body = ProblemDocument),
        (status = 429, description = "Too many failures.", body = ProblemDocument),
        (status = 503, description = "Too much to do right now.", body = ProblemDocument),
    ))]
pub async fn handle(
    request: HttpRequest,
    form: Result<Form, Problem>,
    ClientAddr(address): ClientAddr,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let mut form = form.map_err(|problem| problem.oauth("invalid_request"))?;
    let grant = match form.take("grant_type").as_deref() {
        None | Some("" | "password") => {
            let attempt = attempt(&request, &mut form, Source::of(address))?;
            let accounts = Arc::clone(&app.accounts);
            detached(async move { Ok(accounts.login(attempt).await?) }).await
        }
        Some("refresh_token") => {
            let presented = refresh_token(&mut form)?;
            app.accounts.refresh(&presented).await.map_err(Problem::from)
        }
        Some(_) => Err(unsupported_grant()),
    };
    let grant = grant.map_err(named)?;
    // RFC 6749 section 5.1 asks for it beside `Cache-Control: no-store`.
    let for_old_caches = (header::PRAGMA, "no-cache");
    Ok(HttpResponse::Ok()
        .insert_header(for_old_caches)
        .json(TokenAnswer::from(grant)))
}

/// OAuth2's clients look for a name in every refusal; RFC 6749 has these for the other endpoint (section 4.1.2.1).
fn named(problem: Problem) -> Problem {
    match problem.status() {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            problem.oauth("temporarily_unavailable")
        }
        StatusCode::INTERNAL_SERVER_ERROR => problem.oauth("server_error"),
        _ => problem,
    }
}

fn attempt(request: &HttpRequest, form: &mut Form, source: Source) -> Result<LoginAttempt, Problem> {
    let mut field = |name| form.take(name).filter(|value| !value.is_empty());
    let (Some(identifier), Some(password)) = (field("username"), field("password")) else {
        return Err(invalid_request("The form needs username and password."));
    };
    let password = PasswordAttempt::parse(&password)
        .map_err(|_| invalid_request("A password has at most 1024 bytes."))?;
    let user_agent = request.headers().get(header::USER_AGENT);
    Ok(LoginAttempt {
        identifier,
        password,
        device: field("device_token").as_deref().and_then(OpaqueToken::parse),
        source,
        user_agent: user_agent.and_then(|value| UserAgent::parse(&String::from_utf8_lossy(value.as_bytes()))),
    })
}

/// A token that was never given out is refused like one that is no longer good.
fn refresh_token(form: &mut Form) -> Result<OpaqueToken, Problem> {
    let presented = form.take("refresh_token").filter(|value| !value.is_empty());
    let presented = presented.ok_or_else(|| invalid_request("The form needs refresh_token."))?;
    OpaqueToken::parse(&presented).ok_or_else(|| RefreshError::Refused.into())
}

fn invalid_request(detail: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid-request", detail).oauth("invalid_request")
}

fn unsupported_grant() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "unsupported-grant-type",
        "This grant type is not known here.",
    )
    .oauth("unsupported_grant_type")
}

impl From<Grant> for TokenAnswer {
    fn from(grant: Grant) -> Self {
        Self {
            access_token: grant.access_token.expose().clone(),
            token_type: "bearer",
            expires_in: grant.expires_in.as_secs(),
            refresh_token: grant.refresh_token.expose().clone(),
            device_token: grant.device_token.map(|token| token.expose().clone()),
        }
    }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Refused => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid-grant",
                "The refresh token is not valid, or its session has ended.",
            )
            .oauth("invalid_grant"),
            RefreshError::Fault(fault) => fault.into(),
        }
    }
}

impl From<LoginError> for Problem {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Refused => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid-grant",
                "Incorrect email or password",
            )
            .oauth("invalid_grant"),
            LoginError::Throttled { retry_after } => Self::throttled(
                "Too many failed attempts. Please wait before you try again.",
                retry_after,
            ),
            LoginError::Busy => Self::busy(),
            LoginError::Fault(fault) => fault.into(),
        }
    }
}
