//! `POST /admin/messages/{id}/resend`

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::admin::ResendError;

use super::send_form::{Outcome, SendForm};
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
};

const ROUTE: &str = "POST /admin/messages/{id}/resend";

/// Queues a text again that was given up; the same form sent twice queues it once.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the list.
pub async fn handle(
    OperatorForm(ConsoleForm { seat, mut form }): OperatorForm,
    request: HttpRequest,
    id: Path<i64>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let id = id.into_inner();
    let send = SendForm::read(&request, &mut form, &[&id.to_string()])?;
    let work = async || match app.console.resend(&seat.caller, id).await {
        Ok(()) => Ok(Outcome::Queued("resent")),
        Err(ResendError::NotGivenUp) => Ok(Outcome::Refused("not-given-up")),
        Err(ResendError::WordsGone) => Ok(Outcome::Refused("words-gone")),
        Err(ResendError::OptedOut) => Ok(Outcome::Refused("opted-out")),
        Err(ResendError::Unknown) => Ok(Outcome::Refused("unknown")),
        Err(ResendError::Fault(fault)) => Err(fault.into()),
    };
    send.once(&app, (&seat.caller, ROUTE), work).await
}
