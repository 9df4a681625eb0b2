//! The forms that change one thing: each calls one use case and leads back to a page with a notice.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use thunderbird_domain::{
    account::AccountId,
    admin::{AdminCaller, NewUser},
    audit::Actor,
    user::{ContactId, UserId},
};

use super::refused::{Refused, answer};
use crate::http::{
    app::App,
    extract::{
        Form,
        console::{ConsoleForm, ConsoleRefusal, OperatorForm},
    },
};

type Answer = Result<HttpResponse, ConsoleRefusal>;

/// Does what a form asks for, and leads to `page` with the notice that tells what was done or why it was not.
async fn act(
    page: &str,
    OperatorForm(ConsoleForm { admin, mut form }): OperatorForm,
    work: impl AsyncFnOnce(&AdminCaller, &mut Form) -> Result<&'static str, Refused>,
) -> Answer {
    answer(page, work(&admin.caller, &mut form).await)
}

/// A field of the form; empty if the form lacks it.
pub(super) fn text(form: &mut Form, name: &str) -> String {
    form.take(name).unwrap_or_default()
}

/// Refuses a form whose box "I am sure" is not ticked.
fn sure(form: &mut Form) -> Result<(), Refused> {
    match form.take("sure").as_deref() {
        Some("yes") => Ok(()),
        _ => Err(Refused::Notice("unsure")),
    }
}

fn user_page(id: UserId) -> String {
    format!("/admin/users/{}", id.get())
}

fn account_page(id: AccountId) -> String {
    format!("/admin/accounts/{}", id.get())
}

/// `POST /admin/users`: registers a hiker, and leads to the hiker's page.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the list.
pub async fn register_user(sent: OperatorForm, app: Data<App>) -> Answer {
    let OperatorForm(ConsoleForm { admin, mut form }) = sent;
    let mut field = |name| text(&mut form, name);
    let (phone, trail_name, route) = (field("phone"), field("trail_name"), field("route"));
    let new = NewUser {
        phone: &phone,
        trail_name: &trail_name,
        route: &route,
    };
    match app.console.register_user(&admin.caller, new).await {
        Ok(id) => answer(&user_page(id), Ok("registered")),
        Err(refused) => answer("/admin/users", Err(refused.into())),
    }
}

/// `POST /admin/users/{id}/route`: puts a hiker on another route.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the page.
pub async fn change_route(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let id = UserId::from_stored(*id);
    let work = async |by: &AdminCaller, form: &mut Form| {
        app.console.change_route(by, id, &text(form, "route")).await?;
        Ok("route-changed")
    };
    act(&user_page(id), sent, work).await
}

/// `POST /admin/users/{id}/contact-email`: gives a contact of a hiker an e-mail address, or takes it away.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the page.
pub async fn change_contact_email(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let id = UserId::from_stored(*id);
    let work = async |by: &AdminCaller, form: &mut Form| {
        let contact = text(form, "contact").parse().unwrap_or_default();
        let (email, reason) = (text(form, "email"), text(form, "reason"));
        let of = (id, ContactId::from_stored(contact));
        app.console
            .change_contact_email(by, of, (&email, &reason))
            .await?;
        Ok("email-changed")
    };
    act(&user_page(id), sent, work).await
}

/// `POST /admin/users/{id}/remove`: ends a hiker's time on the number.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the page.
pub async fn remove_user(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let id = UserId::from_stored(*id);
    let work = async |by: &AdminCaller, form: &mut Form| {
        sure(form)?;
        app.console.remove_user(by, id).await?;
        Ok("removed")
    };
    act(&user_page(id), sent, work).await
}

/// `POST /admin/opt-outs`: records an opt-out.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the list.
pub async fn record_opt_out(sent: OperatorForm, app: Data<App>) -> Answer {
    let work = async |by: &AdminCaller, form: &mut Form| {
        app.console.record_opt_out(by, &text(form, "phone")).await?;
        Ok("recorded")
    };
    act("/admin/opt-outs", sent, work).await
}

/// `POST /admin/opt-outs/clear`: clears an opt-out.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the list.
pub async fn clear_opt_out(sent: OperatorForm, app: Data<App>) -> Answer {
    let work = async |by: &AdminCaller, form: &mut Form| {
        app.console.clear_opt_out(by, &text(form, "phone")).await?;
        Ok("cleared")
    };
    act("/admin/opt-outs", sent, work).await
}

/// `POST /admin/accounts/{id}/end-sessions`: ends every session of an account.
///
/// # Errors
///
/// As everywhere in the console.
pub async fn end_sessions(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let id = AccountId::from_stored(*id);
    let work = async |by: &AdminCaller, _: &mut Form| {
        app.accounts.end_sessions_of(id, Actor::Admin(by.id)).await?;
        Ok("sessions-ended")
    };
    act(&account_page(id), sent, work).await
}

/// `POST /admin/accounts/{id}/disable`: disables an account; its sessions end in the same commit.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the page.
pub async fn disable_account(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let id = AccountId::from_stored(*id);
    let work = async |by: &AdminCaller, form: &mut Form| {
        sure(form)?;
        app.accounts.disable(id, Actor::Admin(by.id)).await?;
        Ok("disabled")
    };
    act(&account_page(id), sent, work).await
}

/// `POST /admin/accounts/{id}/enable`: lets the owner of a disabled account sign in again.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the page.
pub async fn enable_account(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let id = AccountId::from_stored(*id);
    let work = async |by: &AdminCaller, _: &mut Form| {
        app.accounts.enable(id, Actor::Admin(by.id)).await?;
        Ok("enabled")
    };
    act(&account_page(id), sent, work).await
}

/// `POST /admin/accounts/{id}/reset-link`: mails a reset link to the account's own address. The console never shows it.
///
/// # Errors
///
/// As everywhere in the console; a refusal is a notice on the page.
pub async fn send_reset_link(sent: OperatorForm, id: Path<i64>, app: Data<App>) -> Answer {
    let id = AccountId::from_stored(*id);
    let work = async |by: &AdminCaller, _: &mut Form| {
        app.accounts.send_reset_link(id, Actor::Admin(by.id)).await?;
        Ok("reset-sent")
    };
    act(&account_page(id), sent, work).await
}
