//! `POST /admin/accounts/{id}/disable`

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

/// Disables an account; its sessions end in the same commit.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the page.
pub async fn handle(
    OperatorForm(ConsoleForm { seat, mut form }): OperatorForm,
    id: Path<i64>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let id = AccountId::from_stored(id.into_inner());
    let page = format!("/admin/accounts/{}", id.get());
    if form.take("sure").as_deref() != Some("yes") {
        return Ok(back_to(&page, "unsure"));
    }
    let notice = match app.accounts.disable(id, Actor::Admin(seat.caller.id)).await {
        Ok(()) => "disabled",
        Err(DisableError::Unknown) => "unknown",
        Err(DisableError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(back_to(&page, notice))
}
