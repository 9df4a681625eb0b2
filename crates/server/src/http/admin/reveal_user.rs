//! `POST /admin/users/{id}/reveal`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::user::UserId;

use super::{user, view::Eyes};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, OperatorForm},
    problem::Problem,
};

/// The hiker's page unmasked, once, after it was audited.
///
/// # Errors
///
/// 404 when there is no such hiker.
pub async fn handle(
    OperatorForm(sent): OperatorForm,
    id: Path<i64>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let id = UserId::from_stored(id.into_inner());
    let revealed = app
        .console
        .reveal_user(&sent.seat.caller, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(user::render(
        &app,
        &sent.seat,
        &revealed.into_page(),
        Eyes::Revealed,
        None,
    )?)
}
