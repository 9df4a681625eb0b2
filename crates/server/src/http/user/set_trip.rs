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
use thunderbird_domain::{
    deadline::Plan,
    user::{TripStands, TripVersion},
};

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
    /// How many walk together.
    #[schema(minimum = 1, maximum = 20, examples(3))]
    #[serde(default)]
    party: Option<u32>,
    /// The vehicle, and where it stands.
    #[schema(max_length = 100, examples("White van ABC 123, visitor centre"))]
    #[serde(default)]
    vehicle: Option<String>,
    /// What is carried.
    #[schema(max_length = 500, examples("Orange tent, PLB"))]
    #[serde(default)]
    gear: Option<String>,
    /// The way, with its nights.
    #[schema(max_length = 1000, examples("Waterfall Valley, Windermere, New Pelion"))]
    #[serde(default)]
    plan: Option<String>,
    /// Anything else that helps those who search.
    #[schema(max_length = 1000)]
    #[serde(default)]
    notes: Option<String>,
}

impl PromisedTime {
    /// The time, and what is known of the trip besides: all of it, so that what is left out is known no longer.
    fn into_parts(self) -> (String, Plan) {
        let plan = Plan {
            // A number that no party has is refused with the others.
            party: self.party.map(|party| u8::try_from(party).unwrap_or(u8::MAX)),
            vehicle: self.vehicle.unwrap_or_default(),
            gear: self.gear.unwrap_or_default(),
            plan: self.plan.unwrap_or_default(),
            notes: self.notes.unwrap_or_default(),
        };
        (self.out_by, plan)
    }
}

/// Sets the time by which the hiker is out, or another one in its place, exactly as the text `OUT` does. The hiker's
/// phone gets a text that says so. What is known of the trip is stored with it and stands in no text; the same time with
/// another plan changes the plan only, and `OUT` and `LATE` by text keep it.
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
    (status = 422, description = "The time cannot be promised, or a part of the plan is refused.", body = ProblemDocument),
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
    let (out_by, plan) = wanted.into_parts();
    let trip = users.set_trip(caller.account_id, (&out_by, plan), stands).await?;
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
