//! `DELETE /api/user/trip`: the end of a promised time.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use thunderbird_domain::user::TripEnd;

use super::set_trip::expected;
use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Withdraws the promised time without saying that the hiker is out, exactly as the text `OUT OFF` does: from then on the
/// trip is not watched.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(delete, path = "/api/user/trip", security(("bearer" = [])), params(
    ("If-Match" = Option<String>, Header, description = "The `ETag` of the state that is to end."),
), responses(
    (status = 204, description = "Withdrawn, now or before."),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No time is set, or no hiker is linked to the account.", body = ProblemDocument),
    (status = 412, description = "What is set is not what the request names.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    request: HttpRequest,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let expected = expected(&request)?;
    let users = &app.hiking.users;
    users
        .end_trip(caller.account_id, TripEnd::Withdrawn, expected)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
