//! `GET /simulator`: phones side by side, a mailbox beside them; the mailbox alone when texts go through Twilio.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    http::{Method, StatusCode, header},
    web::Data,
};

use super::{access::COOKIE, request::LoopbackRequest};
use crate::http::{
    app::App,
    assets,
    extract::form,
    pages::{frame::html_page, policy},
    problem::Problem,
};

static PAGE: LazyLock<String> =
    LazyLock::new(|| assets::linked(include_str!("../../../assets/simulator/simulator.html")));

/// Shows the page to who has the cookie; the one-time link sets it.
///
/// # Errors
///
/// 404 to strangers.
pub async fn handle(
    loopback: LoopbackRequest,
    request: HttpRequest,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let access = loopback.access()?;
    let query = form::parse(request.query_string().as_bytes());
    let presented = query.map_err(|_| Problem::not_found())?.take("link");
    if let Some(presented) = presented {
        // Whoever looks before opening, as `curl --head` and previews of links do, has not opened it.
        if request.method() == Method::HEAD {
            return Err(Problem::not_found());
        }
        let value = access.use_link(&presented).ok_or_else(Problem::not_found)?;
        let cookie = Cookie::build(COOKIE, value.expose().clone())
            .path("/simulator")
            .http_only(true)
            .same_site(SameSite::Strict)
            .finish();
        return Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, "/simulator"))
            .cookie(cookie)
            .finish());
    }
    let key = access
        .opened_with_cookie(&request)
        .ok_or_else(Problem::not_found)?;
    // Without simulated texts the page is a mailbox, and nothing on it has to sign.
    let (phones, key) = if access.texts.is_some() {
        ("", key.expose().as_str())
    } else {
        ("hidden", "")
    };
    let page = PAGE
        .replace("{public_url}", &app.edge.settings.origin)
        .replace("{phones}", phones)
        .replace("{key}", key);
    Ok(html_page(StatusCode::OK, policy::SCRIPT_AND_STYLE, page))
}
