//! `PUT /api/user/trip`: a promised time.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, IF_MATCH, IF_NONE_MATCH},
    },
    web::Data,
};
use serde::Deserialize;
use thunderbird_domain::user::{TripStands, TripVersion};

use super::{trip::shown, trip_view::TripView};
use crate::http::{
    app::App,
    extract::{Caller, Json},
    problem::{Problem, ProblemDocument},
};

/// The time to promise.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct PromisedTime {
    /// Local to the hiker's route, or RFC 3339 with an offset; a whole minute, 15 minutes to 31 days ahead. An hour that
    /// the clocks show twice means the later one.
    #[schema(examples("2026-11-22T18:00"))]
    out_by: String,
}

/// Sets the time by which the hiker is out, or another one in its place, exactly as the text `OUT` does. The hiker's
/// phone gets a text that says so.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(put, path = "/api/user/trip", security(("bearer" = [])), request_body = PromisedTime, params(
    ("If-Match" = Option<String>, Header, description = "The `ETag` of the state that the new time is to replace."),
    ("If-None-Match" = Option<String>, Header, description = "`*`: no time is set yet."),
), responses(
    (status = 200, description = "The new time stands in place of the old one.", body = TripView),
    (status = 201, description = "The time is set.", body = TripView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account.", body = ProblemDocument),
    (status = 412, description = "What is set is not what the request names.", body = ProblemDocument),
    (status = 422, description = "The time cannot be promised.", body = ProblemDocument),
    (status = 428, description = "Neither `If-Match` nor `If-None-Match: *` was sent.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    Json(wanted): Json<PromisedTime>,
    request: HttpRequest,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let stands = stands(&request)?;
    let users = &app.hiking.users;
    let trip = users.set_trip(caller.account_id, &wanted.out_by, stands).await?;
    let status = match stands {
        TripStands::Nothing => StatusCode::CREATED,
        TripStands::At(_) => StatusCode::OK,
    };
    Ok(shown(status, trip))
}

/// Which state the request names (RFC 9110, section 13.1).
fn stands(request: &HttpRequest) -> Result<TripStands, Problem> {
    match (header(request, &IF_MATCH)?, header(request, &IF_NONE_MATCH)?) {
        (Some(tag), None) => Ok(TripStands::At(named(&tag)?)),
        (None, Some(any)) if any == "*" => Ok(TripStands::Nothing),
        _ => Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition-required",
            "Send If-Match with the ETag of the time that is set, or If-None-Match: * if no time is set.",
        )),
    }
}

/// The state that an `If-Match` names, if it was sent.
pub(super) fn expected(request: &HttpRequest) -> Result<Option<TripVersion>, Problem> {
    header(request, &IF_MATCH)?.map(|tag| named(&tag)).transpose()
}

/// A tag that we have not made names no present state.
fn named(tag: &str) -> Result<TripVersion, Problem> {
    let bare = tag
        .strip_prefix('"')
        .and_then(|tag| tag.strip_suffix('"'))
        .unwrap_or(tag);
    TripVersion::parse(bare).ok_or_else(|| thunderbird_domain::user::TripError::Changed.into())
}

fn header(request: &HttpRequest, name: &HeaderName) -> Result<Option<String>, Problem> {
    let mut sent = request.headers().get_all(name);
    let first = sent.next();
    if sent.next().is_some() {
        return Err(Problem::invalid_field(
            "If-Match",
            "malformed",
            "Send one tag in one header.",
        ));
    }
    Ok(first.map(|value| value.to_str().unwrap_or_default().trim().to_owned()))
}
