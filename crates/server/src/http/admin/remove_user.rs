//! `POST /admin/users/{id}/remove`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::{admin::RemoveUserError, user::UserId};

use super::frame::back_to;
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
};

/// Ends a hiker's time on the number.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the page.
pub async fn handle(
    OperatorForm(ConsoleForm { seat, mut form }): OperatorForm,
    id: Path<i64>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let id = UserId::from_stored(id.into_inner());
    let page = format!("/admin/users/{}", id.get());
    if form.take("sure").as_deref() != Some("yes") {
        return Ok(back_to(&page, "unsure"));
    }
    let notice = match app.console.remove_user(&seat.caller, id).await {
        Ok(()) => "removed",
        Err(RemoveUserError::UnknownUser) => "unknown",
        Err(RemoveUserError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(back_to(&page, notice))
}
