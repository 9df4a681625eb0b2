//! `POST /admin/code`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use thunderbird_domain::{admin::SecondFactorError, limit::Source};

use super::{code_form, login, notice::Notice};
use crate::http::{
    app::App,
    detached::detached,
    extract::{
        ClientAddr,
        console::{AwaitingForm, ConsoleForm, ConsoleRefusal},
    },
};

/// Completes a session with the second factor.
///
/// # Errors
///
/// 401 for a wrong code, counted like a wrong password; 429 when there were too many.
pub async fn handle(
    AwaitingForm(ConsoleForm { admin, mut form }): AwaitingForm,
    ClientAddr(address): ClientAddr,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let code = form.take("code").unwrap_or_default();
    let (work, caller, source) = (app.clone(), admin.caller.clone(), Source::of(address));
    match detached(async move { Ok(work.console.give_code(&caller, &code, source).await) }).await? {
        Ok(signed_in) => Ok(login::welcome(&app, &signed_in)),
        Err(SecondFactorError::Refused) => Ok(code_form::render(
            StatusCode::UNAUTHORIZED,
            &admin,
            Notice::named(Some("wrong-code")),
        )?),
        Err(SecondFactorError::Throttled { retry_after }) => Err(login::throttled(retry_after).into()),
        Err(SecondFactorError::Fault(fault)) => Err(fault.into()),
    }
}
