//! `GET /mail/stop/{token}`: what the link below a mail to a contact shows. It changes nothing, because programs open links.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use thunderbird_domain::mail::stop::Addressee;

use crate::http::{
    app::App,
    pages::{frame, policy},
    problem::Problem,
};

#[derive(Template)]
#[template(path = "pages/stop_mails.html")]
struct StopPage {
    address: Option<String>,
    has_stopped: bool,
}

/// The page with the button.
///
/// # Errors
///
/// 503 if the store fails.
pub async fn handle(token: Path<String>, app: Data<App>) -> Result<HttpResponse, Problem> {
    page(app.mail.stops.addressee(&token).await?.as_ref())
}

/// The page about this address; without one, that the link does not work.
///
/// # Errors
///
/// 500 if the page cannot be rendered.
pub fn page(addressee: Option<&Addressee>) -> Result<HttpResponse, Problem> {
    let status = match addressee {
        Some(_) => StatusCode::OK,
        None => StatusCode::NOT_FOUND,
    };
    let shown = StopPage {
        address: addressee.map(|addressee| addressee.email.masked()),
        has_stopped: addressee.is_some_and(|addressee| addressee.has_stopped),
    };
    frame::page(status, policy::FORMS, &shown)
}
