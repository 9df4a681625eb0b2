//! `POST /admin/messages/{id}/reveal`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use super::messages;
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, OperatorForm},
    problem::Problem,
};

/// One text unmasked, once, after it was audited.
///
/// # Errors
///
/// 404 when there is no such text.
pub async fn handle(
    OperatorForm(sent): OperatorForm,
    id: Path<i64>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let revealed = app
        .console
        .reveal_message(&sent.seat.caller, id.into_inner())
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(messages::render_revealed(
        &app,
        &sent.seat,
        &revealed.into_page(),
    )?)
}
