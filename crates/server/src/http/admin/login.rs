//! `POST /admin/login`

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use thunderbird_domain::{
    account::password::PasswordAttempt,
    admin::{AdminLogin, AdminLoginError, SignedIn},
    limit::Source,
};

use super::{login_form, notice::Notice};
use crate::http::{
    app::App,
    detached::detached,
    extract::{
        ClientAddr,
        console::{ConsoleRefusal, SameOriginForm, session_cookie},
    },
    problem::Problem,
};

/// Signs in; where a second factor is enrolled it is asked for next, where none is, it is offered.
///
/// # Errors
///
/// 401 for a wrong name or password, 429 and 503 as for accounts.
pub async fn handle(
    SameOriginForm(mut form): SameOriginForm,
    ClientAddr(address): ClientAddr,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let name = form.take("name").unwrap_or_default();
    let Ok(password) = PasswordAttempt::parse(&form.take("password").unwrap_or_default()) else {
        return Ok(refused()?);
    };
    let login = AdminLogin {
        name,
        password,
        source: Source::of(address),
    };
    let work = app.clone();
    match detached(async move { Ok(work.console.sign_in(login).await) }).await? {
        Ok(signed_in) => Ok(welcome(&app, &signed_in)),
        Err(AdminLoginError::Refused) => Ok(refused()?),
        Err(AdminLoginError::Throttled { retry_after }) => Err(throttled(retry_after).into()),
        Err(AdminLoginError::Busy) => Err(Problem::busy().into()),
        Err(AdminLoginError::Fault(fault)) => Err(fault.into()),
    }
}

fn refused() -> Result<HttpResponse, Problem> {
    login_form::render(StatusCode::UNAUTHORIZED, Notice::named(Some("wrong")))
}

pub(super) fn throttled(wait: Duration) -> Problem {
    Problem::throttled(
        "Too many failed sign-ins. Please wait before you try again.",
        wait,
    )
}

pub(super) fn welcome(app: &App, signed_in: &SignedIn) -> HttpResponse {
    let next = match (signed_in.awaits_code, signed_in.without_totp) {
        (true, _) => "/admin/code",
        (false, true) => "/admin/second-factor",
        (false, false) => "/admin",
    };
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, next))
        .cookie(session_cookie(app, &signed_in.token))
        .finish()
}
