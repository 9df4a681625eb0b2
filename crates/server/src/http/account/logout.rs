//! `POST /auth/logout`

use actix_web::{HttpResponse, web::Data};

use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Ends the session that the access token belongs to.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/logout", responses(
    (status = 204, description = "The session has ended."),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, app: Data<App>) -> Result<HttpResponse, Problem> {
    app.accounts.log_out(caller).await?;
    Ok(HttpResponse::NoContent().finish())
}
