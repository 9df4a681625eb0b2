//! `DELETE /api/user/contacts/{id}`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::user::{ContactId, RemoveContactError};

use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Removes a contact.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(delete, path = "/api/user/contacts/{id}", security(("bearer" = [])), params(
    ("id" = i64, Path, description = "The contact."),
), responses(
    (status = 204, description = "Removed."),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "The hiker has no such contact.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, id: Path<i64>, app: Data<App>) -> Result<HttpResponse, Problem> {
    let contact = ContactId::from_stored(id.into_inner());
    app.hiking
        .users
        .remove_contact(caller.account_id, contact)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<RemoveContactError> for Problem {
    fn from(error: RemoveContactError) -> Self {
        match error {
            RemoveContactError::NoContact => Self::not_found(),
            RemoveContactError::Fault(fault) => fault.into(),
        }
    }
}
