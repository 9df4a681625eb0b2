//! `POST /admin/messages/{id}/resend`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::admin::ResendError;

use super::frame::back_to;
use crate::{
    http::extract::console::{ConsoleRefusal, OperatorForm},
    wiring::App,
};

/// Queues a text again that was given up.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the list.
pub async fn handle(
    OperatorForm(sent): OperatorForm,
    id: Path<i64>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let notice = match app.console.resend(&sent.seat.caller, id.into_inner()).await {
        Ok(()) => "resent",
        Err(ResendError::NotGivenUp) => "not-given-up",
        Err(ResendError::WordsGone) => "words-gone",
        Err(ResendError::OptedOut) => "opted-out",
        Err(ResendError::Unknown) => "unknown",
        Err(ResendError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(back_to("/admin/messages", notice))
}
