//! `GET /api/user/forecast`: the weather, as the text CAST has it.

use std::{
    future::{Ready, ready},
    time::Duration,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    web::Data,
};
use serde::Serialize;
use thunderbird_domain::{
    forecast::{Cause, NotFound, Shown, Span},
    user::ForecastError,
};

use super::{
    forecast_view::{ForecastView, SPANS},
    no_hiker,
};
use crate::http::{
    app::App,
    extract::{Caller, form},
    problem::{FieldError, Problem, ProblemDocument},
};

/// Which forecast is wanted.
pub struct ForecastQuery {
    place: Option<String>,
    span: Span,
}

/// The forecast is being fetched.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ForecastOnItsWay {
    /// For how long to wait before the same request is sent again.
    #[schema(examples(5))]
    retry_after_seconds: u64,
}

/// The forecast of a place, by the rules and the limits of the text CAST. What is kept is answered at once. What is not
/// kept is ordered, and the answer is 202: no provider is waited for. A value that is not known is null, and never 0.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/api/user/forecast", security(("bearer" = [])), params(
    ("place" = Option<String>, Query, description = "The code of a camp or a peak of the hiker's route, or coordinates with a \
     sign or a letter and perhaps a height in metres, such as `-41.87,146.03 1600`. Without it, the camp of the last check-in."),
    ("span" = Option<String>, Query, description = "`12` or `24` hours in rows of three hours, or `7d` for seven days; `12` if not given."),
), responses(
    (status = 200, description = "The forecast, with its age and its source.", body = ForecastView),
    (status = 202, description = "It is being fetched. `Retry-After` says when to ask again.", body = ForecastOnItsWay),
    (status = 400, description = "The query string is malformed.", body = ProblemDocument),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account, or this service has no forecasts.", body = ProblemDocument),
    (status = 422, description = "The place or the span is none.", body = ProblemDocument),
    (status = 429, description = "The hiker has asked too often today, by text and web together.", body = ProblemDocument),
    (status = 503, description = "`no-weather-service`: none answers, or none may be asked any more today.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    query: ForecastQuery,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let wanted = (query.place.as_deref(), query.span);
    match app.hiking.users.forecast(caller.account_id, wanted).await? {
        Shown::Forecast(forecast) => Ok(HttpResponse::Ok().json(ForecastView::from(*forecast))),
        Shown::Later { again_in } => Ok(later(again_in)),
        Shown::TooMany { per_day, wait } => Err(Problem::throttled(
            format!("This is more than {per_day} forecasts a day. Check-ins and all else work as always."),
            wait,
        )),
        Shown::Unavailable { obstacle, wait } => Err(unavailable(obstacle.cause, wait)),
    }
}

fn later(again_in: Duration) -> HttpResponse {
    let seconds = again_in.as_secs();
    HttpResponse::Accepted()
        .insert_header((header::RETRY_AFTER, seconds))
        .json(ForecastOnItsWay {
            retry_after_seconds: seconds,
        })
}

fn unavailable(cause: Cause, wait: Duration) -> Problem {
    let detail = match cause {
        Cause::Silence => "No weather service answered. That says nothing about the weather.",
        Cause::UsedUp => {
            "This service may ask the weather services no more today. That says nothing about the weather."
        }
    };
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no-weather-service", detail).retry_after(wait)
}

impl ForecastQuery {
    fn parse(query: &str) -> Result<Self, Problem> {
        let mut fields = form::parse(query.as_bytes())?;
        let (place, span) = (fields.take("place"), fields.take("span"));
        let unknown: Vec<_> = fields
            .names()
            .map(|name| FieldError::new(name.to_owned(), "unknown", "There is no such parameter."))
            .collect();
        if !unknown.is_empty() {
            return Err(Problem::invalid(unknown));
        }
        let known = |name: String| {
            SPANS
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, span)| *span)
        };
        let span = span.map_or(Some(Span::Half), known);
        let span = span
            .ok_or_else(|| Problem::invalid_field("span", "unknown", "The span is one of 12, 24 and 7d."))?;
        Ok(Self { place, span })
    }
}

impl FromRequest for ForecastQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}

impl From<ForecastError> for Problem {
    fn from(error: ForecastError) -> Self {
        match error {
            ForecastError::NoUser => no_hiker(),
            ForecastError::NoProvider => Self::new(StatusCode::NOT_FOUND, "no-forecasts", error.to_string()),
            ForecastError::UnknownRoute => Self::invalid_field("place", "unknown-route", error.to_string()),
            ForecastError::Place(not_found) => not_a_place(&not_found),
            ForecastError::Fault(fault) => fault.into(),
        }
    }
}

fn not_a_place(not_found: &NotFound) -> Problem {
    let (code, message) = match not_found {
        NotFound::NoCamp => ("required", "Name a place: there is no check-in yet.".to_owned()),
        NotFound::Code { near, .. } if near.is_empty() => {
            ("unknown", "No place of your route has this code.".to_owned())
        }
        NotFound::Code { near, .. } => (
            "unknown",
            format!(
                "No place of your route has this code. These could be meant: {}.",
                near.join(", ")
            ),
        ),
        NotFound::Page { .. } | NotFound::Unclear => (
            "unclear",
            "Write coordinates with a sign or with N, S, E or W, such as -41.87,146.03 1600.".to_owned(),
        ),
    };
    Problem::invalid_field("place", code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_a_place_and_a_span_and_nothing_else() {
        let query = ForecastQuery::parse("place=-41.87%2C146.03+1600&span=7d").unwrap();
        assert_eq!(query.place.as_deref(), Some("-41.87,146.03 1600"));
        assert_eq!(query.span, Span::Week);
        assert_eq!(ForecastQuery::parse("").unwrap().span, Span::Half);
        for (wrong, status) in [
            ("span=48", 422),
            ("span=", 422),
            ("place=PELIO&day=1", 422),
            ("place=A&place=B", 400),
            ("place=%ff", 400),
        ] {
            let refused = ForecastQuery::parse(wrong).err().unwrap();
            assert_eq!(refused.status().as_u16(), status, "{wrong}");
        }
    }
}
