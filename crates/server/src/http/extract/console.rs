//! Who sits at the console: the session cookie, and for every change the page's own token and origin.

use std::fmt::{self, Write as _};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    http::{StatusCode, header},
    web::Data,
};
use futures_util::future::LocalBoxFuture;
use sha2::{Digest as _, Sha256};
use thunderbird_domain::{
    account::OpaqueToken,
    admin::{AdminCaller, Presence},
    secret::same_bytes,
};

use super::Form;
use crate::http::{admin::frame, app::App, problem::Problem};

/// `__Host-`: sent over TLS only, to this host only, for every path, and no subdomain can set it.
const SECURE_COOKIE: &str = "__Host-thunderbird-console";
/// Where there is no TLS (loopback), browsers refuse the prefix.
const PLAIN_COOKIE: &str = "thunderbird-console";

/// Somebody who is signed in to the console. A handler's first argument.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Who it is.
    pub caller: AdminCaller,
    /// What the page's forms must bring back.
    pub csrf: String,
}

/// Somebody whose password was right and whose second factor is awaited.
#[derive(Debug, Clone)]
pub struct AwaitingSeat(pub Seat);

/// A form of a page that was shown in this session, from this origin.
#[derive(Debug)]
pub struct ConsoleForm {
    /// Who sent it.
    pub seat: Seat,
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
            Self::GoTo(path) => HttpResponse::SeeOther()
                .insert_header((header::LOCATION, *path))
                .finish(),
            Self::Forbidden(why) => frame::refused(StatusCode::FORBIDDEN, "Not allowed", why),
            Self::Problem(problem) => problem_page(problem),
        }
    }
}

/// A problem as a page: whoever meets it looks at a browser. What a program needs of it stays in the head.
fn problem_page(problem: &Problem) -> HttpResponse {
    let mut page = frame::refused(problem.status(), &problem.title(), problem.detail());
    let document = problem.error_response();
    if let Some(wait) = document.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    page
}

/// The cookie that holds a session; gone when the browser closes, and on the server long before.
pub fn session_cookie(app: &App, token: &OpaqueToken) -> Cookie<'static> {
    cookie(app, token.reveal().expose().clone())
}

/// The cookie that removes it.
pub fn no_cookie(app: &App) -> Cookie<'static> {
    let mut gone = cookie(app, String::new());
    gone.set_max_age(Duration::ZERO);
    gone
}

fn cookie(app: &App, value: String) -> Cookie<'static> {
    let https = app.edge.settings.https;
    Cookie::build(if https { SECURE_COOKIE } else { PLAIN_COOKIE }, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(https)
        .finish()
}

fn presented(request: &HttpRequest, app: &App) -> Option<String> {
    let name = if app.edge.settings.https {
        SECURE_COOKIE
    } else {
        PLAIN_COOKIE
    };
    request.cookie(name).map(|cookie| cookie.value().to_owned())
}

/// What the forms of a session's pages carry: nobody who cannot read the cookie can compute it.
fn csrf_of(cookie: &str) -> String {
    let digest = Sha256::new()
        .chain_update(b"thunderbird console form v1\0")
        .chain_update(cookie)
        .finalize();
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

enum Found {
    Nobody,
    Awaiting(Seat),
    Complete(Seat),
}

async fn find(request: HttpRequest) -> Result<Found, ConsoleRefusal> {
    let app = request
        .app_data::<Data<App>>()
        .cloned()
        .ok_or_else(Problem::internal)?;
    let Some(cookie) = presented(&request, &app) else {
        return Ok(Found::Nobody);
    };
    let csrf = csrf_of(&cookie);
    Ok(match app.console.presence(&cookie).await? {
        None => Found::Nobody,
        Some(Presence::AwaitsCode(caller)) => Found::Awaiting(Seat { caller, csrf }),
        Some(Presence::Complete(caller)) => Found::Complete(Seat { caller, csrf }),
    })
}

async fn complete(request: HttpRequest) -> Result<Seat, ConsoleRefusal> {
    match find(request).await? {
        Found::Complete(seat) => Ok(seat),
        Found::Awaiting(_) => Err(ConsoleRefusal::GoTo("/admin/code")),
        Found::Nobody => Err(ConsoleRefusal::GoTo("/admin/login")),
    }
}

async fn awaiting(request: HttpRequest) -> Result<Seat, ConsoleRefusal> {
    match find(request).await? {
        Found::Awaiting(seat) => Ok(seat),
        Found::Complete(_) => Err(ConsoleRefusal::GoTo("/admin")),
        Found::Nobody => Err(ConsoleRefusal::GoTo("/admin/login")),
    }
}

/// Whether a form comes from one of our own pages. Browsers tell by `Sec-Fetch-Site`; older ones by `Origin`, which
/// must then be the configured one. Neither: refused.
fn from_here(request: &HttpRequest) -> Result<(), ConsoleRefusal> {
    let only = |name: &str| {
        let mut values = request
            .headers()
            .get_all(name)
            .map(|value| value.to_str().unwrap_or("?"));
        let first = values.next();
        if values.next().is_some() { Some("?") } else { first }
    };
    let ours = match (only("sec-fetch-site"), only("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => request
            .app_data::<Data<App>>()
            .is_some_and(|app| !app.edge.settings.origin.is_empty() && app.edge.settings.origin == origin),
        (None, None) => false,
    };
    if ours {
        Ok(())
    } else {
        Err(ConsoleRefusal::Forbidden(
            "This form was not sent from a page of this console.",
        ))
    }
}

async fn form(
    seat: Seat,
    form: impl Future<Output = Result<Form, Problem>>,
) -> Result<ConsoleForm, ConsoleRefusal> {
    let mut form = form.await?;
    let token = form.take("csrf").unwrap_or_default();
    if !same_bytes(token.as_bytes(), seat.csrf.as_bytes()) {
        return Err(ConsoleRefusal::Forbidden(
            "This form belongs to another session. Open the page again.",
        ));
    }
    Ok(ConsoleForm { seat, form })
}

type Extracted<T> = LocalBoxFuture<'static, Result<T, ConsoleRefusal>>;

impl FromRequest for Seat {
    type Error = ConsoleRefusal;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(complete(request.clone()))
    }
}

impl FromRequest for AwaitingSeat {
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
            let seat = complete(request.clone()).await?;
            from_here(&request)?;
            form(seat, body).await
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
            if sent.seat.caller.role.may_act() {
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
            let seat = awaiting(request.clone()).await?;
            from_here(&request)?;
            form(seat, body).await.map(Self)
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
