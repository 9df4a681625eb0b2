//! The forms that show a page unmasked, once, after it was audited.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::{
    account::AccountId,
    admin::{AccountPage, MessageLine, Revealable, UserPage},
    id::MessageId,
    user::UserId,
};

use super::{account, messages, user, view::Redaction};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin, OperatorForm},
    problem::Problem,
};

type Answer = Result<HttpResponse, ConsoleRefusal>;

/// Shows the page of a row, 404 if the row does not exist.
async fn reveal<R: Revealable>(
    OperatorForm(sent): OperatorForm,
    id: R,
    app: Data<App>,
    render: impl FnOnce(&App, &CurrentAdmin, &R::Page) -> Result<HttpResponse, Problem>,
) -> Answer {
    let revealed = app.console.reveal(&sent.admin.caller, id).await?;
    let page = revealed.ok_or_else(Problem::not_found)?.into_page();
    Ok(render(&app, &sent.admin, &page)?)
}

/// `POST /admin/users/{id}/reveal`: a hiker's page.
///
/// # Errors
///
/// 404 if the hiker does not exist.
pub async fn user(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let render = |app: &App, admin: &CurrentAdmin, page: &UserPage| {
        user::render(app, admin, page, Redaction::Revealed, None)
    };
    reveal(sent, UserId::from_stored(*id), app, render).await
}

/// `POST /admin/accounts/{id}/reveal`: an account's page.
///
/// # Errors
///
/// 404 if the account does not exist.
pub async fn account(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let render = |_: &App, admin: &CurrentAdmin, page: &AccountPage| {
        account::render(admin, page, Redaction::Revealed, None)
    };
    reveal(sent, AccountId::from_stored(*id), app, render).await
}

/// `POST /admin/messages/{id}/reveal`: one text.
///
/// # Errors
///
/// 404 if the text does not exist.
pub async fn message(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let render =
        |app: &App, admin: &CurrentAdmin, line: &MessageLine| messages::render_revealed(app, admin, line);
    reveal(sent, MessageId::from_stored(*id), app, render).await
}
