//! `POST /auth/register`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
use thunderbird_domain::{
    account::{
        RegisterError, Registrant,
        password::{Password, PasswordError},
    },
    email::{Email, EmailError},
    limit::Source,
};

use super::view::AccountView;
use crate::http::{
    app::App,
    detached::detached,
    extract::{ClientAddr, Json},
    problem::{FieldError, Problem, ProblemDocument},
};

/// Who wants an account.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct NewAccount {
    /// Where mail reaches you; what you sign in with.
    #[schema(format = "email", max_length = 254, examples("ada@example.org"))]
    email: String,
    /// 8 to 128 characters; spaces and any script are welcome.
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        examples("kea nest on the ridge")
    )]
    password: String,
}

/// Registers an account. Nothing is sent back that was not sent in, but for the id.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/register", request_body = NewAccount, responses(
    (status = 201, description = "Registered.", body = AccountView),
    (status = 400, description = "The address is registered already, or this is not JSON.", body = ProblemDocument),
    (status = 403, description = "Registration is closed.", body = ProblemDocument),
    (status = 422, description = "The address or the password cannot be used.", body = ProblemDocument),
    (status = 429, description = "Too many registrations from your address.", body = ProblemDocument),
    (status = 503, description = "Too much to do right now.", body = ProblemDocument),
))]
pub async fn handle(
    Json(wanted): Json<NewAccount>,
    ClientAddr(address): ClientAddr,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let (email, password) = parse(&wanted)?;
    let source = Source::of(address);
    let registrant = Registrant {
        email,
        password,
        source,
    };
    let account = detached(async move { Ok(app.accounts.register(registrant).await?) }).await?;
    Ok(HttpResponse::Created().json(AccountView::from(account)))
}

/// Both are looked at, so that a form can mark both.
fn parse(wanted: &NewAccount) -> Result<(Email, Password), Problem> {
    let email = Email::parse(&wanted.email);
    let password = match &email {
        Ok(owner) => Password::parse(&wanted.password, owner),
        Err(_) => Password::parse_apart_from(&wanted.password, &[]),
    };
    match (email, password) {
        (Ok(email), Ok(password)) => Ok((email, password)),
        (email, password) => {
            let email = email.err().map(refused_email);
            let password = password.err().map(|error| refused_password("password", error));
            Err(Problem::invalid(email.into_iter().chain(password).collect()))
        }
    }
}

/// An address that was refused.
pub fn refused_email(error: EmailError) -> FieldError {
    let code = match error {
        EmailError::TooLong => "too-long",
        EmailError::Malformed => "malformed",
    };
    FieldError::new("email", code, error.to_string())
}

/// A new password that was refused, as the member `field`.
pub(super) fn refused_password(field: &'static str, error: PasswordError) -> FieldError {
    let code = match error {
        PasswordError::TooShort => "too-short",
        PasswordError::TooLong => "too-long",
        PasswordError::Blank => "blank",
        PasswordError::ControlCharacter => "control-character",
        PasswordError::Common => "common",
        PasswordError::ServiceName | PasswordError::OwnName => "guessable",
    };
    FieldError::new(field, code, error.to_string())
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Closed => Self::new(
                StatusCode::FORBIDDEN,
                "registration-closed",
                "New accounts are not taken here at the moment.",
            ),
            RegisterError::EmailTaken => Self::new(
                StatusCode::BAD_REQUEST,
                "email-already-registered",
                "This e-mail address is already registered.",
            ),
            RegisterError::Throttled { retry_after } => {
                Self::throttled("Too many registrations from your address.", retry_after)
            }
            RegisterError::Busy => Self::busy(),
            RegisterError::Fault(fault) => fault.into(),
        }
    }
}
