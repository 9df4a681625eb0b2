//! `DELETE /api/user/checkins/{id}`: takes the last check-in back.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use thunderbird_domain::user::{CheckInId, TakeBackError};

use super::no_hiker;
use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// Takes the last check-in back, within 30 minutes, exactly as the text `UNDO` does: the position is the one before, and
/// contacts who had a text get a correction. The check-in stays in the list, with `taken_back_at`.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(delete, path = "/api/user/checkins/{id}", security(("bearer" = [])), params(
    ("id" = i64, Path, description = "The check-in."),
), responses(
    (status = 204, description = "Taken back, now or before."),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "The hiker has no such check-in among the newest.", body = ProblemDocument),
    (status = 409, description = "It is older than 30 minutes, or not the last one.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, id: Path<i64>, app: Data<App>) -> Result<HttpResponse, Problem> {
    let check_in = CheckInId::from_stored(id.into_inner());
    app.hiking.users.take_back(caller.account_id, check_in).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl From<TakeBackError> for Problem {
    fn from(error: TakeBackError) -> Self {
        match error {
            TakeBackError::NoUser => no_hiker(),
            TakeBackError::Unknown => Self::not_found(),
            TakeBackError::Refused(refusal) => {
                Self::new(StatusCode::CONFLICT, "check-in-stands", refusal.to_string())
            }
            TakeBackError::Fault(fault) => fault.into(),
        }
    }
}
