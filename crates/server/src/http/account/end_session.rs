//! `DELETE /auth/sessions/{id}`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::{account::EndSessionError, id::SessionId};

use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Ends one of the account's sessions. Its access token fails at its next request.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(delete, path = "/auth/sessions/{id}", params(("id" = i64, Path, description = "The session.")), responses(
    (status = 204, description = "The session has ended."),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "The account has no such session.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, id: Path<i64>, app: Data<App>) -> Result<HttpResponse, Problem> {
    app.accounts
        .end_session(caller, SessionId::from_stored(id.into_inner()))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<EndSessionError> for Problem {
    fn from(error: EndSessionError) -> Self {
        match error {
            EndSessionError::Unknown => Self::not_found(),
            EndSessionError::Fault(fault) => fault.into(),
        }
    }
}
