//! `POST /api/user/checkins`

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
use thunderbird_domain::user::{CheckInError, CheckInRefusal, WebCheckIn};

use super::{no_hiker, view::CheckInView};
use crate::http::{
    app::App,
    extract::Caller,
    idempotent::{Answer, Idempotent},
    problem::{Problem, ProblemDocument},
};

const ROUTE: &str = "POST /api/user/checkins";

/// Where the hiker is.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Arrival {
    /// The exact code of a camp on the hiker's own route.
    #[schema(examples("PELIO"))]
    camp: String,
}

/// Checks the hiker in and tells every contact who may be texted, exactly as the text `CHECKIN` does.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/api/user/checkins", security(("bearer" = [])), request_body = Arrival, params(
    ("Idempotency-Key" = Option<String>, Header, description = "1 to 64 visible characters: the same request with the \
        same key acts once within 24 hours."),
), responses(
    (status = 200, description = "The same camp was announced within 30 minutes; nobody was told again.",
        body = CheckInView),
    (status = 201, description = "Announced.", body = CheckInView),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 404, description = "No hiker is linked to the account.", body = ProblemDocument),
    (status = 409, description = "A request with this key is being carried out.", body = ProblemDocument),
    (status = 422, description = "There is no such camp, or the key stands for another request.",
        body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    request: Idempotent<Arrival>,
    app: Data<App>,
) -> Result<HttpResponse, Problem> {
    let (account, hikers) = (caller.account_id, Data::clone(&app));
    let work = async move |arrival: Arrival| {
        let done = hikers.hiking.users.check_in(account, &arrival.camp).await?;
        Ok(answer(done))
    };
    request.once(app, (account, ROUTE), work).await
}

fn answer(done: WebCheckIn) -> Answer<CheckInView> {
    let status = if done.announced {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Answer {
        status,
        body: CheckInView::from(done.check_in),
    }
}

impl From<CheckInError> for Problem {
    fn from(error: CheckInError) -> Self {
        match error {
            CheckInError::NoUser => no_hiker(),
            CheckInError::Refused(refusal) => {
                let code = match refusal {
                    CheckInRefusal::UnknownRoute => "unknown-route",
                    CheckInRefusal::Peak => "peak",
                    CheckInRefusal::UnknownCamp => "unknown-camp",
                };
                Self::invalid_field("camp", code, refusal.to_string())
            }
            CheckInError::Fault(fault) => fault.into(),
        }
    }
}
