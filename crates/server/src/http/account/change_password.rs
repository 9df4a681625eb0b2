//! `POST /auth/password`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
use thunderbird_domain::{
    account::{ChangePasswordError, OwnPasswordError, password::PasswordAttempt},
    secret::Secret,
};

use super::register::refused_password;
use crate::http::{
    app::App,
    detached::detached,
    extract::{Caller, Json},
    problem::{Problem, ProblemDocument},
};

/// The old password and the new one.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct PasswordChange {
    /// What you sign in with now.
    #[schema(format = "password")]
    current_password: String,
    /// 8 to 128 characters.
    #[schema(format = "password", min_length = 8, max_length = 128)]
    new_password: String,
}

/// Changes the password. Every other session ends with it.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/password", request_body = PasswordChange, responses(
    (status = 204, description = "Changed."),
    (status = 400, description = "This is not JSON.", body = ProblemDocument),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 403, description = "`wrong-password`.", body = ProblemDocument),
    (status = 422, description = "The new password cannot be used.", body = ProblemDocument),
    (status = 429, description = "Too many failures.", body = ProblemDocument),
    (status = 503, description = "Too much to do right now.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    Json(wanted): Json<PasswordChange>,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let current = attempt("current_password", &wanted.current_password)?;
    let new = Secret::new(wanted.new_password);
    detached(async move { Ok(app.accounts.change_password(caller, &current, &new).await?) }).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What was typed as the current password, in the member `field`.
///
/// # Errors
///
/// 422 when no password is that long.
pub fn attempt(field: &'static str, raw: &str) -> Result<PasswordAttempt, Problem> {
    PasswordAttempt::parse(raw).map_err(|error| Problem::invalid_field(field, "too-long", error.to_string()))
}

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Current(refusal) => refusal.into(),
            ChangePasswordError::New(error) => Self::invalid(vec![refused_password("new_password", error)]),
            ChangePasswordError::Fault(fault) => fault.into(),
        }
    }
}

impl From<OwnPasswordError> for Problem {
    fn from(error: OwnPasswordError) -> Self {
        match error {
            OwnPasswordError::Wrong => Self::new(
                StatusCode::FORBIDDEN,
                "wrong-password",
                "This is not the password of this account.",
            ),
            OwnPasswordError::Throttled { retry_after } => Self::throttled(
                "Too many failed attempts. Please wait before you try again.",
                retry_after,
            ),
            OwnPasswordError::Busy => Self::busy(),
            OwnPasswordError::Gone => Self::invalid_token(),
            OwnPasswordError::Fault(fault) => fault.into(),
        }
    }
}
