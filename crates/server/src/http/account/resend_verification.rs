//! `POST /auth/email/resend`

use actix_web::{HttpResponse, web::Data};
use thunderbird_domain::account::ResendVerificationError;

use super::forgot_password::{MailIsOnItsWay, no_mailer};
use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Mails the verification link again, unless the address is verified already.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/email/resend", responses(
    (status = 202, description = "A mail is on its way, unless none is needed.", body = MailIsOnItsWay),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 429, description = "Too many mails.", body = ProblemDocument),
    (status = 503, description = "`mail-not-configured`.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, app: Data<App>) -> Result<HttpResponse, Problem> {
    app.accounts.resend_verification(caller).await?;
    Ok(MailIsOnItsWay::accepted(
        "Unless your address is verified already, a mail with a link is on its way.",
    ))
}

impl From<ResendVerificationError> for Problem {
    fn from(error: ResendVerificationError) -> Self {
        match error {
            ResendVerificationError::NoMailer => no_mailer(),
            ResendVerificationError::Throttled { retry_after } => {
                Self::throttled("Too many mails. Please wait before you ask again.", retry_after)
            }
            ResendVerificationError::Gone => Self::invalid_token(),
            ResendVerificationError::Fault(fault) => fault.into(),
        }
    }
}
