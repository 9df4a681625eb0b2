//! `POST /admin/users/{id}/route`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::{admin::RouteError, user::UserId};

use super::frame::back_to;
use crate::http::{
    app::App,
    extract::console::{ConsoleForm, ConsoleRefusal, OperatorForm},
};

/// Puts a hiker on another route.
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
    let route = form.take("route").unwrap_or_default();
    let notice = match app.console.change_route(&seat.caller, id, &route).await {
        Ok(()) => "route-changed",
        Err(RouteError::UnknownUser) => "unknown",
        Err(RouteError::UnknownRoute) => "unknown-route",
        Err(RouteError::Fault(fault)) => return Err(fault.into()),
    };
    Ok(back_to(&format!("/admin/users/{}", id.get()), notice))
}
