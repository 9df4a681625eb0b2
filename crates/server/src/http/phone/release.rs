//! `DELETE /auth/phone`

use actix_web::{HttpResponse, web::Data};
use thunderbird_domain::phone::ReleaseError;

use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Ends the link between the account and its phone, if there is one. Whoever texts from the phone keeps texting.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(delete, path = "/auth/phone", security(("bearer" = [])), responses(
    (status = 204, description = "No phone is linked."),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, app: Data<App>) -> Result<HttpResponse, Problem> {
    app.phones.release(caller.account_id).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<ReleaseError> for Problem {
    fn from(error: ReleaseError) -> Self {
        match error {
            ReleaseError::Fault(fault) => fault.into(),
        }
    }
}
