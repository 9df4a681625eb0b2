//! `POST /auth/email/verify`

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use thunderbird_domain::account::{OpaqueToken, VerifyEmailError};

use super::reset_password::invalid_mail_token;
use crate::http::{
    app::App,
    extract::Json,
    problem::{Problem, ProblemDocument},
};

/// A mailed token.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct EmailVerification {
    /// What stands after `#token=` in the mailed link.
    token: String,
}

/// Shows that mail to the account's address reaches its owner.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/email/verify", request_body = EmailVerification, responses(
    (status = 204, description = "The address is verified."),
    (status = 400, description = "`invalid-mail-token`, or this is not JSON.", body = ProblemDocument),
    (status = 422, description = "A member is missing or unknown.", body = ProblemDocument),
))]
pub async fn handle(Json(wanted): Json<EmailVerification>, app: Data<App>) -> Result<HttpResponse, Problem> {
    let token = OpaqueToken::parse(&wanted.token).ok_or_else(invalid_mail_token)?;
    app.accounts.verify_email(&token).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<VerifyEmailError> for Problem {
    fn from(error: VerifyEmailError) -> Self {
        match error {
            VerifyEmailError::Refused => invalid_mail_token(),
            VerifyEmailError::Fault(fault) => fault.into(),
        }
    }
}
