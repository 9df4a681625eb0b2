//! `GET /contacts`: who holds the data of a hiker's contacts, for what, and what they can do about it.
//!
//! A contact's data comes from the hiker, so the contact must be told (New Zealand, Privacy Act 2020, principle 3A).

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::http::{
    app::App,
    pages::{frame::page, policy},
    problem::Problem,
};

#[derive(Template)]
#[template(path = "pages/contacts.html")]
struct ContactsPage<'a> {
    holder: &'a str,
}

/// The page for contacts.
///
/// # Errors
///
/// 500 if the page cannot be rendered.
pub async fn handle(app: Data<App>) -> Result<HttpResponse, Problem> {
    let settings = &app.edge.settings;
    let holder = match settings.holder.as_str() {
        "" => format!("The operator of the service at {}.", settings.origin),
        holder => holder.to_owned(),
    };
    page(StatusCode::OK, policy::FORMS, &ContactsPage { holder: &holder })
}
