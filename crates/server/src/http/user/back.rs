//! `POST /api/user/trip/back`: the hiker is out.

use actix_web::web::{self, Data};
use thunderbird_domain::user::TripEnd;

use super::trip_view::TripRecordView;
use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Says that the hiker is out, exactly as the text `BACK` does. Sent again, it answers the same and does nothing more.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/api/user/trip/back", security(("bearer" = [])), responses(
    (status = 200, description = "The promise is closed.", body = TripRecordView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No time is set, or no hiker is linked to the account.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, app: Data<App>) -> Result<web::Json<TripRecordView>, Problem> {
    let users = &app.hiking.users;
    let ended = users.end_trip(caller.account_id, TripEnd::Back, None).await?;
    Ok(web::Json(ended.into()))
}
