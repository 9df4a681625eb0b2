//! `GET /api/user/trips`: every promised time.

use actix_web::web::{self, Data};
use thunderbird_domain::{deadline::StoredDeadline, id::DeadlineId};

use super::trip_view::TripRecordView;
use crate::http::{
    app::App,
    extract::{Caller, Page, PageQuery},
    problem::{Problem, ProblemDocument},
};

/// The times that the hiker has promised, newest first, with what was sent about each.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/api/user/trips", security(("bearer" = [])), params(
    ("limit" = Option<u32>, Query, description = "1 to 100, 50 if not given."),
    ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
), responses(
    (status = 200, description = "A page of promises.", body = Page<TripRecordView>),
    (status = 400, description = "The cursor does not come from this list.", body = ProblemDocument),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account.", body = ProblemDocument),
    (status = 422, description = "The limit is out of range.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    query: PageQuery,
    app: Data<App>,
) -> Result<web::Json<Page<TripRecordView>>, Problem> {
    let wanted = (query.before.map(DeadlineId::from_stored), query.rows());
    let rows = app.hiking.users.trips(caller.account_id, wanted).await?;
    let id = |row: &StoredDeadline| row.id.get();
    Ok(web::Json(Page::of(&query, rows, id, TripRecordView::from)))
}
