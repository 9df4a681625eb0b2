//! `GET /api/user/checkins`

use actix_web::web::{self, Data};
use thunderbird_domain::user::CheckInId;

use super::view::CheckInView;
use crate::http::{
    app::App,
    extract::{Caller, Page, PageQuery},
    problem::{Problem, ProblemDocument},
};

/// Where the hiker has been, newest first.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/api/user/checkins", security(("bearer" = [])), params(
    ("limit" = Option<u32>, Query, description = "1 to 100, 50 if not given."),
    ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before."),
), responses(
    (status = 200, description = "A page of check-ins.", body = Page<CheckInView>),
    (status = 400, description = "The cursor is none of ours.", body = ProblemDocument),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account.", body = ProblemDocument),
    (status = 422, description = "The limit is out of range.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    query: PageQuery,
    app: Data<App>,
) -> Result<web::Json<Page<CheckInView>>, Problem> {
    let wanted = (query.before.map(CheckInId::from_stored), query.rows());
    let rows = app.hiking.users.check_ins(caller.account_id, wanted).await?;
    let page = Page::of(&query, rows, |row| row.id.get(), CheckInView::from);
    Ok(web::Json(page))
}
