//! `POST /admin/messages/{id}/resend`

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::id::MessageId;

use super::send_form::SendForm;
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
    OperatorForm(ConsoleForm { admin, mut form }): OperatorForm,
    request: HttpRequest,
    id: Path<i64>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let id = MessageId::from_stored(*id);
    let send = SendForm::read(&request, &mut form, &[&id.get().to_string()])?;
    let work = async || {
        app.console.resend(&admin.caller, id).await?;
        Ok("resent")
    };
    send.once(&app, (&admin.caller, ROUTE), work).await
}
