//! `GET /api/user`

use actix_web::web::{self, Data};

use super::view::HikerView;
use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// The hiker whose phone is linked to the account.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/api/user", security(("bearer" = [])), responses(
    (status = 200, description = "The hiker.", body = HikerView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, app: Data<App>) -> Result<web::Json<HikerView>, Problem> {
    Ok(web::Json(
        app.hiking.users.profile(caller.account_id).await?.into(),
    ))
}
