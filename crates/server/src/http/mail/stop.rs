//! `POST /mail/stop/{token}`: stops mails to the address of that mail, or lets them go on.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use super::stop_form::page;
use crate::http::{app::App, extract::Form, problem::Problem};

/// Stops the mails. A mail program asks by itself, with `List-Unsubscribe=One-Click` (RFC 8058, section 3.2), so nothing
/// but the link is needed, whatever the type of its body; the page's second form asks for mails again.
///
/// # Errors
///
/// 503 if the store fails.
pub async fn handle(
    token: Path<String>,
    form: Result<Form, Problem>,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let again = form.ok().and_then(|mut form| form.take("again"));
    let stops = again.is_none();
    page(app.mail.stops.stop(&token, stops).await?.as_ref())
}
