//! `POST /api/user/contacts`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Deserializer};
use thunderbird_domain::user::{AddContactError, ContactName, ContactRefusal, SavedContact};

use super::{change_contact::address, no_hiker, view::ContactView};
use crate::http::{
    app::App,
    extract::Caller,
    idempotent::{Answer, Idempotent},
    phone::not_textable,
    problem::{Problem, ProblemDocument},
};

const ROUTE: &str = "POST /api/user/contacts";

/// Whom to tell.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct NewContact {
    /// A mobile number, as people of the service's region write it, or with its country code.
    #[schema(examples("0491 570 156"))]
    phone: String,
    /// What to call them: 1 to 30 printable characters.
    #[schema(min_length = 1, max_length = 30, examples("Mum"))]
    name: String,
    /// The contact's e-mail address, which then gets every alert and its end as well. Left out, the address stays as it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, max_length = 254, examples("mum@example.org"))]
    email: Option<String>,
}

/// A member that is there has a value: what is to be taken away is changed at the contact.
fn present<'de, D: Deserializer<'de>>(member: D) -> Result<Option<String>, D::Error> {
    String::deserialize(member).map(Some)
}

/// Adds a contact, who gets one text that says who added them and how to opt out. A known number is renamed.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/api/user/contacts", security(("bearer" = [])), request_body = NewContact, params(
    ("Idempotency-Key" = Option<String>, Header, description = "1 to 64 visible characters: the same request with the \
        same key acts once within 24 hours."),
), responses(
    (status = 200, description = "The contact was there and has this name now.", body = ContactView),
    (status = 201, description = "Added.", body = ContactView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account.", body = ProblemDocument),
    (status = 409, description = "There are ten contacts, or a request with this key is being carried out.",
        body = ProblemDocument),
    (status = 422, description = "The number cannot be texted or is the hiker's own, the name or the e-mail address cannot be used, or the key \
        stands for another request.", body = ProblemDocument),
    (status = 429, description = "Too many contacts were added, or too many e-mail addresses were given.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    request: Idempotent<NewContact>,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let (account, keeper) = (caller.account_id, Data::clone(&app));
    let work = async move |wanted: NewContact| {
        let name = named(&wanted.name)?;
        let email = wanted.email.as_deref().map(address).transpose()?;
        let saved = keeper
            .hiking
            .users
            .add_contact(account, (&wanted.phone, name), email)
            .await?;
        Ok(answer(&saved))
    };
    request.once(app, (account, ROUTE), work).await
}

/// A form has room to say what is wrong with a name, which a text has not: nothing is cut here.
fn named(name: &str) -> Result<ContactName, Problem> {
    ContactName::parse(name).ok_or_else(|| {
        Problem::invalid_field(
            "name",
            "length",
            "A contact's name has 1 to 30 printable characters.",
        )
    })
}

fn answer(saved: &SavedContact) -> Answer<ContactView> {
    let status = if saved.renamed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Answer {
        status,
        body: ContactView::from(saved),
    }
}

impl From<AddContactError> for Problem {
    fn from(error: AddContactError) -> Self {
        match error {
            AddContactError::NoUser => no_hiker(),
            AddContactError::Refused(ContactRefusal::Phone(error)) => not_textable("phone", error),
            AddContactError::Refused(refusal @ ContactRefusal::OwnNumber) => {
                Self::invalid_field("phone", "own-number", refusal.to_string())
            }
            AddContactError::Refused(refusal @ ContactRefusal::TooMany) => {
                Self::new(StatusCode::CONFLICT, "too-many-contacts", refusal.to_string())
            }
            AddContactError::Refused(refusal @ ContactRefusal::TooOften { retry_after }) => {
                Self::throttled(refusal.to_string(), retry_after)
            }
            AddContactError::Email(error) => error.into(),
            AddContactError::Fault(fault) => fault.into(),
        }
    }
}
