//! `DELETE /auth/me`

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use thunderbird_domain::privacy::DeleteAccountError;

use crate::http::{
    account::change_password::attempt,
    app::App,
    detached::detached,
    extract::{Caller, Json},
    problem::{Problem, ProblemDocument},
};

/// That it is really the owner who deletes the account.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct AccountDeletion {
    /// What you sign in with.
    #[schema(format = "password")]
    password: String,
}

/// Deletes the account: its sessions end, its number is free, the hiker on it keeps texting.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(delete, path = "/auth/me", request_body = AccountDeletion, responses(
    (status = 204, description = "Deleted."),
    (status = 400, description = "This is not JSON.", body = ProblemDocument),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 403, description = "`wrong-password`.", body = ProblemDocument),
    (status = 422, description = "A member is missing or unknown.", body = ProblemDocument),
    (status = 429, description = "Too many failures.", body = ProblemDocument),
    (status = 503, description = "Too much to do right now.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    Json(wanted): Json<AccountDeletion>,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let password = attempt("password", &wanted.password)?;
    detached(async move { Ok(app.privacy.delete_account(caller, &password).await?) }).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<DeleteAccountError> for Problem {
    fn from(error: DeleteAccountError) -> Self {
        match error {
            DeleteAccountError::Password(refusal) => refusal.into(),
            DeleteAccountError::Fault(fault) => fault.into(),
        }
    }
}
