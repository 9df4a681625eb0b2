//! `GET /api/user/trip`, and what the other addresses of a trip share.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use jiff::civil::Time;
use thunderbird_domain::{
    deadline::{DueRefusal, LONGEST_AHEAD_DAYS, MAX_PARTY, PlanRefusal},
    user::{Trip, TripError},
};

use super::{no_hiker, trip_view::TripView};
use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// The time by which the hiker has promised to be out.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/api/user/trip", security(("bearer" = [])), responses(
    (status = 200, description = "What is set; the `ETag` names this state of it.", body = TripView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No time is set, or no hiker is linked to the account.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, app: Data<App>) -> Result<HttpResponse, Problem> {
    let trip = app.hiking.users.trip(caller.account_id).await?;
    Ok(shown(StatusCode::OK, trip))
}

/// A promise with its `ETag`.
pub(super) fn shown(status: StatusCode, trip: Trip) -> HttpResponse {
    let version = thunderbird_domain::user::TripVersion::of(&trip.stored);
    HttpResponse::build(status)
        .insert_header((header::ETAG, format!("\"{version}\"")))
        .json(TripView::from(trip))
}

impl From<TripError> for Problem {
    fn from(error: TripError) -> Self {
        match error {
            TripError::NoUser => no_hiker(),
            TripError::NothingSet => Self::new(StatusCode::NOT_FOUND, "no-trip", error.to_string()),
            TripError::Changed => {
                Self::new(StatusCode::PRECONDITION_FAILED, "trip-changed", error.to_string())
            }
            TripError::UnknownRoute => Self::invalid_field("out_by", "unknown-route", error.to_string()),
            TripError::Due(refusal) => not_a_time(&refusal),
            TripError::Plan(refusal) => not_a_plan(refusal),
            TripError::Fault(fault) => fault.into(),
        }
    }
}

fn not_a_plan(refusal: PlanRefusal) -> Problem {
    match refusal {
        PlanRefusal::Party => {
            Problem::invalid_field("party", "range", format!("A party has 1 to {MAX_PARTY} people."))
        }
        PlanRefusal::TooLong { field, most } => {
            Problem::invalid_field(field, "too-long", format!("Write at most {most} characters."))
        }
        PlanRefusal::Control { field } => Problem::invalid_field(
            field,
            "malformed",
            "Write text and line breaks, and no other control characters.",
        ),
    }
}

fn not_a_time(refusal: &DueRefusal) -> Problem {
    let (code, detail) = match refusal {
        DueRefusal::Past => ("past", "The time has passed.".to_owned()),
        DueRefusal::TooSoon => ("too-soon", "The time lies at least 15 minutes ahead.".to_owned()),
        DueRefusal::TooFar => (
            "too-far",
            format!("The time lies at most {LONGEST_AHEAD_DAYS} days ahead."),
        ),
        DueRefusal::SkippedHour { next } => ("skipped", skipped(*next)),
        _ => (
            "malformed",
            "Write a whole minute: 2026-11-22T18:00, local to your route, or with its offset.".to_owned(),
        ),
    };
    Problem::invalid_field("out_by", code, detail)
}

fn skipped(next: Time) -> String {
    format!(
        "The clocks go forward over this time. The next minute is {:02}:{:02}.",
        next.hour(),
        next.minute()
    )
}
