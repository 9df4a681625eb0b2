//! `POST /admin/test-text`

use actix_web::{HttpRequest, HttpResponse, web::Data};
use thunderbird_domain::admin::{SendTestError, TestText};

use super::{
    register_user::phone_notice,
    send_form::{Outcome, SendForm},
};
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
};

const ROUTE: &str = "POST /admin/test-text";

/// Queues a test text; the same form sent twice queues one.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the list.
pub async fn handle(
    OperatorForm(ConsoleForm { seat, mut form }): OperatorForm,
    request: HttpRequest,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let mut field = |name| form.take(name).unwrap_or_default();
    let (phone, words) = (field("phone"), field("words"));
    let send = SendForm::read(&request, &mut form, &[&phone, &words])?;
    let test = TestText {
        phone: &phone,
        words: &words,
        key: send.key(),
    };
    let work = async || match app.console.send_test(&seat.caller, test).await {
        Ok(()) => Ok(Outcome::Queued("test-queued")),
        Err(SendTestError::Phone(error)) => Ok(Outcome::Refused(phone_notice(error))),
        Err(SendTestError::Words) => Ok(Outcome::Refused("words")),
        Err(SendTestError::OptedOut) => Ok(Outcome::Refused("opted-out")),
        Err(SendTestError::Fault(fault)) => Err(fault.into()),
    };
    send.once(&app, (&seat.caller, ROUTE), work).await
}
