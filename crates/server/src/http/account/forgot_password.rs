//! `POST /auth/forgot-password`

use std::time::Duration;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use thunderbird_domain::{account::ForgotPasswordError, email::Email};

use super::register::refused_email;
use crate::http::{
    app::App,
    extract::Json,
    problem::{Problem, ProblemDocument},
};

/// Whose password was forgotten.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct ForgottenPassword {
    /// The account's address.
    #[schema(format = "email", max_length = 254, examples("ada@example.org"))]
    email: String,
}

/// What happens next, whoever asked.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MailIsOnItsWay {
    /// One sentence for a person.
    detail: &'static str,
}

impl MailIsOnItsWay {
    /// 202 with `detail`.
    pub fn accepted(detail: &'static str) -> HttpResponse {
        HttpResponse::Accepted().json(Self { detail })
    }
}

/// Mails a link to choose a new password, if the address has an account; the answer is the same if not.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/forgot-password", request_body = ForgottenPassword, responses(
    (status = 202, description = "If the address has an account, a mail is on its way.", body = MailIsOnItsWay),
    (status = 400, description = "This is not JSON.", body = ProblemDocument),
    (status = 422, description = "This is not an address.", body = ProblemDocument),
    (status = 429, description = "Too many for this address.", body = ProblemDocument),
    (status = 503, description = "`mail-not-configured`.", body = ProblemDocument),
))]
pub async fn handle(Json(wanted): Json<ForgottenPassword>, app: Data<App>) -> Result<HttpResponse, Problem> {
    let email = Email::parse(&wanted.email).map_err(|error| Problem::invalid(vec![refused_email(error)]))?;
    app.accounts.forgot_password(&email).await?;
    Ok(MailIsOnItsWay::accepted(
        "If this address has an account, a mail with a link is on its way.",
    ))
}

/// 503: this installation sends no mail.
pub fn no_mailer() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "mail-not-configured",
        "This service is not set up to send mail.",
    )
    .retry_after(Duration::from_hours(1))
}

impl From<ForgotPasswordError> for Problem {
    fn from(error: ForgotPasswordError) -> Self {
        match error {
            ForgotPasswordError::NoMailer => no_mailer(),
            ForgotPasswordError::Throttled { retry_after } => Self::throttled(
                "Too many mails for this address. Please wait before you ask again.",
                retry_after,
            ),
            ForgotPasswordError::Fault(fault) => fault.into(),
        }
    }
}
