//! `POST /api/user/trip/extend`: a later time.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
use thunderbird_domain::deadline::Delay;

use super::trip_view::TripView;
use crate::http::{
    app::App,
    extract::Caller,
    idempotent::{Answer, Idempotent},
    problem::{Problem, ProblemDocument},
};

const ROUTE: &str = "POST /api/user/trip/extend";

/// How much later.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Extension {
    /// Minutes after the promised time, or after now if that has passed: 15 to 1440.
    #[schema(minimum = 15, maximum = 1440, examples(120))]
    by_minutes: u64,
}

/// Moves the promised time, exactly as the text `LATE` does. The same delay within half an hour counts once.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/api/user/trip/extend", security(("bearer" = [])), request_body = Extension, params(
    ("Idempotency-Key" = Option<String>, Header, description = "1 to 64 visible characters: the same request with the \
        same key acts once within 24 hours."),
), responses(
    (status = 200, description = "The new time stands.", body = TripView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No time is set, or no hiker is linked to the account.", body = ProblemDocument),
    (status = 409, description = "A request with this key is being carried out.", body = ProblemDocument),
    (status = 422, description = "The delay is out of range, or the key stands for another request.",
        body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    request: Idempotent<Extension>,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let (account, hikers) = (caller.account_id, Data::clone(&app));
    let work = async move |wanted: Extension| {
        let by = Delay::of_minutes(wanted.by_minutes)
            .map_err(|refusal| Problem::invalid_field("by_minutes", "range", refusal.to_string()))?;
        let trip = hikers.hiking.users.extend_trip(account, by).await?;
        Ok(Answer {
            status: StatusCode::OK,
            body: TripView::from(trip),
        })
    };
    request.once(app, (account, ROUTE), work).await
}
