//! `POST /auth/phone`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use thunderbird_domain::{
    phone::{CodeSent, StartFromWebError},
    phone_number::{PhoneNumber, PhoneNumberError},
};

use crate::http::{
    app::App,
    extract::{Caller, Json},
    problem::{FieldError, Problem, ProblemDocument},
};

/// The phone to link.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct PhoneToLink {
    /// A mobile number, as people of the service's region write it, or with its country code.
    #[schema(examples("0491 570 006"))]
    phone: String,
}

/// A code is on its way; nothing is linked yet.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CodeOnItsWay {
    /// Where to, in E.164.
    #[schema(examples("+61491570006"))]
    phone: String,
    /// When the code is no longer good, RFC 3339.
    #[schema(examples("2026-11-19T07:50:00Z"))]
    expires_at: String,
    /// When another code may be asked for, RFC 3339.
    #[schema(examples("2026-11-19T07:41:00Z"))]
    resend_after: String,
}

/// Texts a code to a phone. The answer is the same for every number, whoever it is linked to.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/phone", security(("bearer" = [])), request_body = PhoneToLink, responses(
    (status = 202, description = "A code is on its way.", body = CodeOnItsWay),
    (status = 400, description = "This is not JSON.", body = ProblemDocument),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 422, description = "The number cannot be texted.", body = ProblemDocument),
    (status = 429, description = "Too many codes.", body = ProblemDocument),
    (status = 503, description = "The day's texts are used up.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    Json(wanted): Json<PhoneToLink>,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let phone = PhoneNumber::parse(&wanted.phone, app.phones.region).map_err(StartFromWebError::from)?;
    let sent = app.phones.start_from_web(caller.account_id, phone).await?;
    Ok(HttpResponse::Accepted().json(CodeOnItsWay::from(sent)))
}

impl From<CodeSent> for CodeOnItsWay {
    fn from(sent: CodeSent) -> Self {
        Self {
            phone: sent.phone.as_str().to_owned(),
            expires_at: sent.expires_at.floor_to_second().to_string(),
            resend_after: sent.resend_after.ceil_to_second().to_string(),
        }
    }
}

impl From<StartFromWebError> for Problem {
    fn from(error: StartFromWebError) -> Self {
        match error {
            StartFromWebError::NotTextable(error) => not_textable("phone", error),
            StartFromWebError::TooMany { retry_after } => {
                Self::throttled("Too many codes were sent. Please wait.", retry_after)
            }
            StartFromWebError::Gone => Self::invalid_token(),
            StartFromWebError::Full { retry_after } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "texts-used-up",
                "The service has sent as many texts today as it may. No code was sent.",
            )
            .retry_after(retry_after),
            StartFromWebError::Fault(fault) => fault.into(),
        }
    }
}

/// 422: the number in this member cannot be texted.
pub fn not_textable(field: &'static str, error: PhoneNumberError) -> Problem {
    let code = match error {
        PhoneNumberError::Malformed => "malformed",
        PhoneNumberError::NotMobile => "not-mobile",
        PhoneNumberError::Region => "region",
        PhoneNumberError::Ours => "ours",
    };
    let refusal = FieldError::new(field, code, error.to_string());
    Problem::refused("phone-not-textable", vec![refusal])
}
