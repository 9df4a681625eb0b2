//! `POST /auth/phone/confirm`

use actix_web::{
    http::StatusCode,
    web::{self, Data},
};
use serde::Deserialize;
use thunderbird_domain::phone::{Code, ConfirmOnWebError};

use crate::http::{
    account::AccountView,
    app::App,
    extract::{Caller, Json},
    problem::{Problem, ProblemDocument},
};

/// The code that was texted.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct TypedCode {
    /// Six digits.
    #[schema(min_length = 6, examples("123456"))]
    code: String,
}

/// Links the phone that the code was texted to. A number that was linked to another account moves to this one.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/phone/confirm", security(("bearer" = [])), request_body = TypedCode, responses(
    (status = 200, description = "The account, with its phone.", body = AccountView),
    (status = 400, description = "The code is wrong or too late.", body = ProblemDocument),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
    (status = 429, description = "The code's guesses are used up.", body = ProblemDocument),
))]
pub async fn handle(
    Caller(caller): Caller,
    Json(typed): Json<TypedCode>,
    app: Data<App>,
) -> Result<web::Json<AccountView>, Problem> {
    let code = Code::parse(&typed.code).ok_or(ConfirmOnWebError::Wrong)?;
    app.phones.confirm_on_web(caller.account_id, &code).await?;
    Ok(web::Json(app.accounts.me(caller).await?.into()))
}

impl From<ConfirmOnWebError> for Problem {
    fn from(error: ConfirmOnWebError) -> Self {
        match error {
            ConfirmOnWebError::Wrong => Self::new(
                StatusCode::BAD_REQUEST,
                "code-wrong-or-expired",
                "This code is wrong, or it is too late for it.",
            ),
            ConfirmOnWebError::Spent { retry_after } => Self::throttled(
                "Too many wrong codes. Please ask for a new code later.",
                retry_after,
            ),
            ConfirmOnWebError::Fault(fault) => fault.into(),
        }
    }
}
