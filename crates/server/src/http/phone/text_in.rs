//! `POST /auth/phone/text-in`

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use thunderbird_domain::phone::OfferWordsError;

use crate::http::{
    app::App,
    extract::Caller,
    problem::{Problem, ProblemDocument},
};

/// What to text, and where.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WordsToText {
    /// "LINK" and three words, in any order and case.
    #[schema(examples("LINK FERN MAPLE RIDGE"))]
    text: String,
    /// The service's number, in E.164.
    #[schema(examples("+61491579455"))]
    to: String,
    /// When the words are no longer good, RFC 3339.
    #[schema(examples("2026-11-20T07:40:00Z"))]
    expires_at: String,
}

/// Three words to text from the phone that is to be linked. Words asked for earlier are void.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/auth/phone/text-in", security(("bearer" = [])), responses(
    (status = 201, description = "What to text.", body = WordsToText),
    (status = 401, description = "No access token, or one that is no longer good.", body = ProblemDocument),
))]
pub async fn handle(Caller(caller): Caller, app: Data<App>) -> Result<HttpResponse, Problem> {
    let offered = app.phones.offer_words(caller.account_id).await?;
    Ok(HttpResponse::Created().json(WordsToText {
        text: offered.text.expose().clone(),
        to: offered.to.as_str().to_owned(),
        expires_at: offered.expires_at.floor_to_second().to_string(),
    }))
}

impl From<OfferWordsError> for Problem {
    fn from(error: OfferWordsError) -> Self {
        match error {
            OfferWordsError::Gone => Self::invalid_token(),
            OfferWordsError::Fault(fault) => fault.into(),
        }
    }
}
