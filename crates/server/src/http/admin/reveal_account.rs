//! `POST /admin/accounts/{id}/reveal`

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::account::AccountId;

use super::{account, view::Eyes};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, OperatorForm},
    problem::Problem,
};

/// The account's page unmasked, once, after it was audited.
///
/// # Errors
///
/// 404 when there is no such account.
pub async fn handle(
    OperatorForm(sent): OperatorForm,
    id: Path<i64>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let id = AccountId::from_stored(id.into_inner());
    let revealed = app
        .console
        .reveal_account(&sent.seat.caller, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(account::render(
        &sent.seat,
        &revealed.into_page(),
        Eyes::Revealed,
        None,
    )?)
}
