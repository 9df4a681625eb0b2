//! `POST /auth/reset-password`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
use thunderbird_domain::{
    account::{OpaqueToken, ResetPasswordError},
    secret::Secret,
};

use super::register::refused_password;
use crate::http::{
    app::App,
    extract::Json,
    problem::{Problem, ProblemDocument},
};

/// A mailed token and the new password.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct PasswordReset {
    /// What stands after `#token=` in the mailed link.
    token: String,
    /// 8 to 128 characters.
    #[schema(format = "password", min_length = 8, max_length = 128)]
    new_password: String,
}

/// Chooses a new password with a mailed token, once. Every session ends with it.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/reset-password", request_body = PasswordReset, responses(
    (status = 204, description = "The password is the new one."),
    (status = 400, description = "`invalid-mail-token`, or this is not JSON.", body = ProblemDocument),
    (status = 422, description = "The new password cannot be used; the token stays good.", body = ProblemDocument),
    (status = 503, description = "Too much to do right now.", body = ProblemDocument),
))]
pub async fn handle(Json(wanted): Json<PasswordReset>, app: Data<App>) -> Result<HttpResponse, Problem> {
    let token = OpaqueToken::parse(&wanted.token).ok_or_else(invalid_mail_token)?;
    app.accounts
        .reset_password(&token, &Secret::new(wanted.new_password))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 400: a mailed token that is not, or no longer, good.
pub fn invalid_mail_token() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid-mail-token",
        "This link is not valid any more. Ask for a new one.",
    )
}

impl From<ResetPasswordError> for Problem {
    fn from(error: ResetPasswordError) -> Self {
        match error {
            ResetPasswordError::Refused => invalid_mail_token(),
            ResetPasswordError::New(error) => Self::invalid(vec![refused_password("new_password", error)]),
            ResetPasswordError::Busy => Self::busy(),
            ResetPasswordError::Fault(fault) => fault.into(),
        }
    }
}
