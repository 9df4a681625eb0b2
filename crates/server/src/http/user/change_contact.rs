//! `PATCH /api/user/contacts/{id}`: the e-mail address of a contact.

use actix_web::web::{self, Data, Path};
use serde::{Deserialize, Deserializer};
use thunderbird_domain::{
    email::Email,
    user::{ContactEmailError, ContactId},
};

use super::view::ContactView;
use crate::http::{
    account::refused_email,
    app::App,
    extract::{Caller, Json},
    problem::{Problem, ProblemDocument},
};

/// What to change of a contact.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct ContactChange {
    /// The contact's e-mail address, which gets every alert and its end as well; null takes it away.
    #[serde(deserialize_with = "given")]
    #[schema(required = true, max_length = 254, examples("mum@example.org"))]
    email: Option<String>,
}

/// Null is an order, so a request without the member is refused, or a forgotten one would take the address away.
fn given<'de, D: Deserializer<'de>>(member: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(member)
}

/// Gives a contact an e-mail address in place of the one before, or takes it away. The same request twice changes nothing
/// more. Nothing is mailed to a new address before there is an alert.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(patch, path = "/api/user/contacts/{id}", security(("bearer" = [])), request_body = ContactChange, params(
    ("id" = i64, Path, description = "The contact."),
), responses(
    (status = 200, description = "The contact.", body = ContactView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "The hiker has no such contact.", body = ProblemDocument),
    (status = 422, description = "The e-mail address cannot be used.", body = ProblemDocument),
    (status = 429, description = "Too many e-mail addresses were given.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    id: Path<i64>,
    Json(wanted): Json<ContactChange>,
    app: Data<App>,
) -> Result<web::Json<ContactView>, Problem> {
    let email = wanted.email.as_deref().map(address).transpose()?;
    let contact = ContactId::from_stored(id.into_inner());
    let users = &app.hiking.users;
    let saved = users.set_contact_email(caller.account_id, contact, email).await?;
    Ok(web::Json(ContactView::from(&saved)))
}

/// Reads an address as a person types it.
///
/// # Errors
///
/// 422 if no mail could reach it.
pub fn address(typed: &str) -> Result<Email, Problem> {
    Email::parse(typed).map_err(|error| Problem::invalid(vec![refused_email(error)]))
}

impl From<ContactEmailError> for Problem {
    fn from(error: ContactEmailError) -> Self {
        match error {
            ContactEmailError::NoContact => Self::not_found(),
            ContactEmailError::TooOften { retry_after } => Self::throttled(error.to_string(), retry_after),
            ContactEmailError::Fault(fault) => fault.into(),
        }
    }
}
