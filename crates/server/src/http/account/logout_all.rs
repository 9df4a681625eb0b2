//! `POST /auth/logout-all`

use actix_web::{HttpResponse, web::Data};

use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Ends every session of the account, and forgets its devices.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/logout-all", responses(
    (status = 204, description = "Every session has ended."),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, app: Data<App>) -> Result<HttpResponse, Problem> {
    app.accounts.log_out_everywhere(caller).await?;
    Ok(HttpResponse::NoContent().finish())
}
