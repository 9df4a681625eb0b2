//! `POST /admin/accounts/{id}/enable`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::{
    account::{AccountId, DisableError},
    audit::Actor,
};

use super::frame::back_to;
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
};

/// Lets a disabled account sign in again.
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
    let notice = match app.accounts.enable(id, Actor::Admin(seat.caller.id)).await {
        Ok(()) => "enabled",
        Err(DisableError::Unknown) => "unknown",
        Err(DisableError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(back_to(&page, notice))
}
