//! `POST /admin/test-text`

use actix_web::{HttpRequest, HttpResponse, web::Data};
use thunderbird_domain::admin::TestText;

use super::{forms::text, send_form::SendForm};
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
    OperatorForm(ConsoleForm { admin, mut form }): OperatorForm,
    request: HttpRequest,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let mut field = |name| text(&mut form, name);
    let (phone, words) = (field("phone"), field("words"));
    let send = SendForm::read(&request, &mut form, &[&phone, &words])?;
    let test = TestText {
        phone: &phone,
        words: &words,
        key: send.key(),
    };
    let work = async || {
        app.console.send_test(&admin.caller, test).await?;
        Ok("test-queued")
    };
    send.once(&app, (&admin.caller, ROUTE), work).await
}
