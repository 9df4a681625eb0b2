//! Who sits at the console: the session cookie, and for every change the page's own token and origin.

use std::fmt;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError, cookie::Cookie, dev::Payload, http::StatusCode,
    web::Data,
};
use futures_util::future::LocalBoxFuture;
use thunderbird_domain::{
    account::OpaqueToken,
    admin::{Presence, SearchError},
};

use super::Form;
pub use super::current_admin::CurrentAdmin;
use crate::http::{
    admin::frame,
    app::App,
    pages::{self, cookie::SessionCookie, csrf, error::with_headers_of},
    problem::Problem,
};

/// The cookie that holds a session of the console.
const COOKIE: SessionCookie = SessionCookie {
    secure: "__Host-thunderbird-console",
    plain: "thunderbird-console",
};
/// Keeps the tokens of the console's forms apart from those of other pages.
const FORMS: &str = "thunderbird console form v1";

/// An administrator whose password was right and who has not given the second factor yet.
#[derive(Debug, Clone)]
pub struct AwaitingAdmin(pub CurrentAdmin);

/// A form of a page that was shown in this session, from this origin.
#[derive(Debug)]
pub struct ConsoleForm {
    /// Who sent it.
    pub admin: CurrentAdmin,
    /// What it says.
    pub form: Form,
}

/// The same, from somebody who may change things.
#[derive(Debug)]
pub struct OperatorForm(pub ConsoleForm);

/// The same, from somebody whose second factor is awaited.
#[derive(Debug)]
pub struct AwaitingForm(pub ConsoleForm);

/// A form from this origin, before there is a session.
#[derive(Debug)]
pub struct SameOriginForm(pub Form);

/// Why a request to the console was not handled.
#[derive(Debug)]
pub enum ConsoleRefusal {
    /// Another page comes first.
    GoTo(&'static str),
    /// Not from here, or not by this administrator.
    Forbidden(&'static str),
    /// As everywhere else.
    Problem(Problem),
}

impl fmt::Display for ConsoleRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GoTo(path) => write!(f, "go to {path}"),
            Self::Forbidden(why) => f.write_str(why),
            Self::Problem(problem) => problem.fmt(f),
        }
    }
}

impl From<Problem> for ConsoleRefusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<thunderbird_domain::port::Fault> for ConsoleRefusal {
    fn from(fault: thunderbird_domain::port::Fault) -> Self {
        Self::Problem(fault.into())
    }
}

impl From<SearchError> for ConsoleRefusal {
    fn from(error: SearchError) -> Self {
        Self::Problem(match error {
            SearchError::Throttled { retry_after } => {
                Problem::throttled("These are too many searches. Please wait.", retry_after)
            }
            SearchError::Fault(fault) => fault.into(),
        })
    }
}

impl ResponseError for ConsoleRefusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::GoTo(_) => StatusCode::SEE_OTHER,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Problem(problem) => problem.status(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::GoTo(path) => pages::frame::see_other(path),
            Self::Forbidden(why) => frame::refused(StatusCode::FORBIDDEN, "Not allowed", why),
            Self::Problem(problem) => problem_page(problem),
        }
    }
}

/// A problem as a page, for a browser.
fn problem_page(problem: &Problem) -> HttpResponse {
    let page = frame::refused(problem.status(), &problem.title(), problem.detail());
    with_headers_of(problem, page)
}

/// The cookie that holds a session.
pub fn session_cookie(app: &App, token: &OpaqueToken) -> Cookie<'static> {
    COOKIE.with(token.reveal().expose().clone(), app.edge.settings.https)
}

/// The cookie that removes it.
pub fn no_cookie(app: &App) -> Cookie<'static> {
    COOKIE.removed(app.edge.settings.https)
}

enum Found {
    Nobody,
    Awaiting(CurrentAdmin),
    Complete(CurrentAdmin),
}

async fn find(request: HttpRequest) -> Result<Found, ConsoleRefusal> {
    let app = request
        .app_data::<Data<App>>()
        .cloned()
        .ok_or_else(Problem::internal)?;
    let Some(cookie) = COOKIE.sent_in(&request, app.edge.settings.https) else {
        return Ok(Found::Nobody);
    };
    let csrf = csrf::token(FORMS, &cookie);
    Ok(match app.console.presence(&cookie).await? {
        None => Found::Nobody,
        Some(Presence::AwaitsCode(caller)) => Found::Awaiting(CurrentAdmin { caller, csrf }),
        Some(Presence::Complete(caller)) => Found::Complete(CurrentAdmin { caller, csrf }),
    })
}

async fn complete(request: HttpRequest) -> Result<CurrentAdmin, ConsoleRefusal> {
    match find(request).await? {
        Found::Complete(admin) => Ok(admin),
        Found::Awaiting(_) => Err(ConsoleRefusal::GoTo("/admin/code")),
        Found::Nobody => Err(ConsoleRefusal::GoTo("/admin/login")),
    }
}

async fn awaiting(request: HttpRequest) -> Result<CurrentAdmin, ConsoleRefusal> {
    match find(request).await? {
        Found::Awaiting(admin) => Ok(admin),
        Found::Complete(_) => Err(ConsoleRefusal::GoTo("/admin")),
        Found::Nobody => Err(ConsoleRefusal::GoTo("/admin/login")),
    }
}

fn from_here(request: &HttpRequest) -> Result<(), ConsoleRefusal> {
    let app = request.app_data::<Data<App>>();
    if app.is_some_and(|app| csrf::is_from_here(request, &app.edge.settings.origin)) {
        Ok(())
    } else {
        Err(ConsoleRefusal::Forbidden(
            "This form was not sent from a page of this console.",
        ))
    }
}

async fn form(
    admin: CurrentAdmin,
    form: impl Future<Output = Result<Form, Problem>>,
) -> Result<ConsoleForm, ConsoleRefusal> {
    let mut form = form.await?;
    if !csrf::take_matching(&mut form, &admin.csrf) {
        return Err(ConsoleRefusal::Forbidden(
            "This form belongs to another session. Open the page again.",
        ));
    }
    Ok(ConsoleForm { admin, form })
}

type Extracted<T> = LocalBoxFuture<'static, Result<T, ConsoleRefusal>>;

impl FromRequest for CurrentAdmin {
    type Error = ConsoleRefusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(complete(request.clone()))
    }
}

impl FromRequest for AwaitingAdmin {
    type Error = ConsoleRefusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { awaiting(request).await.map(Self) })
    }
}

impl FromRequest for ConsoleForm {
    type Error = ConsoleRefusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (body, request) = (Form::from_request(request, payload), request.clone());
        Box::pin(async move {
            let admin = complete(request.clone()).await?;
            from_here(&request)?;
            form(admin, body).await
        })
    }
}

impl FromRequest for OperatorForm {
    type Error = ConsoleRefusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = ConsoleForm::from_request(request, payload);
        Box::pin(async move {
            let sent = sent.await?;
            if sent.admin.caller.role.may_act() {
                Ok(Self(sent))
            } else {
                Err(ConsoleRefusal::Forbidden("A viewer sees, and changes nothing."))
            }
        })
    }
}

impl FromRequest for AwaitingForm {
    type Error = ConsoleRefusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (body, request) = (Form::from_request(request, payload), request.clone());
        Box::pin(async move {
            let admin = awaiting(request.clone()).await?;
            from_here(&request)?;
            form(admin, body).await.map(Self)
        })
    }
}

impl FromRequest for SameOriginForm {
    type Error = ConsoleRefusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (body, here) = (Form::from_request(request, payload), from_here(request));
        Box::pin(async move {
            here?;
            Ok(Self(body.await?))
        })
    }
}
