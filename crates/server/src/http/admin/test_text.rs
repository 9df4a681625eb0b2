//! `POST /admin/test-text`

use actix_web::{HttpResponse, web::Data};
use thunderbird_domain::admin::{SendTestError, TestText};

use super::{frame::back_to, register_user::phone_notice};
use crate::{
    http::extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
    wiring::App,
};

/// Queues a test text; the same form sent twice queues one.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the list.
pub async fn handle(
    OperatorForm(ConsoleForm { seat, mut form }): OperatorForm,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let mut field = |name| form.take(name).unwrap_or_default();
    let (phone, words, nonce) = (field("phone"), field("words"), field("nonce"));
    let test = TestText {
        phone: &phone,
        words: &words,
        nonce: &nonce,
    };
    let notice = match app.console.send_test(&seat.caller, test).await {
        Ok(()) => "test-queued",
        Err(SendTestError::Phone(error)) => phone_notice(error),
        Err(SendTestError::Words) => "words",
        Err(SendTestError::NotQueued) => "test-not-queued",
        Err(SendTestError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(back_to("/admin/messages", notice))
}
