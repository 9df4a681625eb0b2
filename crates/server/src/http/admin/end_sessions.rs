//! `POST /admin/accounts/{id}/end-sessions`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::{account::AccountId, audit::Actor};

use super::frame::back_to;
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
};

/// Ends every session of an account.
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
    app.accounts
        .end_sessions_of(id, Actor::Admin(seat.caller.id))
        .await?;
    let notice = "sessions-ended";
    Ok(back_to(&page, notice))
}
