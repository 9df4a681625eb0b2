//! `GET /admin/second-factor`

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use qrcode::{QrCode, render::svg};
use thunderbird_domain::admin::EnrolError;

use super::frame::{self, Frame};
use crate::http::{
    admin::Named,
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
    problem::Problem,
};

#[derive(Template)]
#[template(path = "admin/second_factor.html")]
struct SecondFactorPage {
    frame: Frame,
    qr: String,
    key: String,
    secret: String,
}

/// Offers a key for an authenticator. Nothing is stored until a code of it comes back.
///
/// # Errors
///
/// 303 when a second factor is on already.
pub async fn handle(
    admin: CurrentAdmin,
    query: Query<Named>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let enrolment = match app.console.offer_totp(&admin.caller) {
        Ok(enrolment) => enrolment,
        Err(EnrolError::Fault(fault)) => return Err(fault.into()),
        Err(EnrolError::Enrolled | EnrolError::WrongCode) => {
            return Err(ConsoleRefusal::GoTo("/admin?notice=enrolled"));
        }
    };
    let uri = enrolment.uri.expose();
    let page = SecondFactorPage {
        frame: Frame::of(&admin, "", query.notice()),
        qr: qr(uri)?,
        key: key_of(uri),
        secret: enrolment.secret.expose().clone(),
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}

/// The picture, as elements of the page: the policy allows no image from a `data:` address.
fn qr(uri: &str) -> Result<String, Problem> {
    let code = QrCode::new(uri.as_bytes()).map_err(|_| Problem::internal())?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(192, 192).build();
    Ok(drawn
        .split_once("?>")
        .map_or_else(|| drawn.clone(), |(_, picture)| picture.to_owned()))
}

/// The key inside the URI, in groups of four for typing.
fn key_of(uri: &str) -> String {
    let key = uri
        .split_once("secret=")
        .map_or("", |(_, rest)| rest.split('&').next().unwrap_or(""));
    let letters: Vec<char> = key.chars().collect();
    letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}
