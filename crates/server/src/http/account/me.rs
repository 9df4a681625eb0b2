//! `GET /auth/me`

use actix_web::web::{self, Data};
use thunderbird_domain::account::MeError;

use super::view::AccountView;
use crate::http::{
    app::App,
    extract,
    problem::{Problem, ProblemDocument},
};

/// The caller's own account.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(get, path = "/auth/me", responses(
    (status = 200, description = "The account.", body = AccountView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
))]
pub async fn handle(
    extract::Caller(caller): extract::Caller,
    app: Data<App>,
) -> Result<web::Json<AccountView>, Problem> {
    Ok(web::Json(app.accounts.me(caller).await?.into()))
}

impl From<MeError> for Problem {
    fn from(error: MeError) -> Self {
        match error {
            MeError::Gone => Self::invalid_token(),
            MeError::Fault(fault) => fault.into(),
        }
    }
}
