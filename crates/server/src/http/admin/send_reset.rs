//! `POST /admin/accounts/{id}/reset-link`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::account::{AccountId, ForgotPasswordError};

use super::frame::back_to;
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
};

/// Mails a reset link to the account's own address. Nobody at the console sees it.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the page.
pub async fn handle(
    OperatorForm(ConsoleForm { seat, .. }): OperatorForm,
    id: Path<i64>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let id = AccountId::from_stored(id.into_inner());
    let page = format!("/admin/accounts/{}", id.get());
    let Some(account) = app.accounts.accounts.by_id(id).await? else {
        return Ok(back_to(&page, "unknown"));
    };
    app.console.note_reset(&seat.caller, id).await?;
    let notice = match app.accounts.forgot_password(&account.email).await {
        Ok(()) => "reset-sent",
        Err(ForgotPasswordError::NoMailer) => "no-mailer",
        Err(ForgotPasswordError::Throttled { .. }) => "throttled",
        Err(ForgotPasswordError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(back_to(&page, notice))
}
