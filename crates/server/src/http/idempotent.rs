//! `Idempotency-Key`: a request that is sent again because its answer was lost acts once.

use std::time::Duration;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::StatusCode,
    http::header::ContentType,
    web::{Bytes, Data},
};
use futures_util::future::LocalBoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use thunderbird_domain::{
    account::AccountId,
    idempotency::{Claim, IdempotencyKey, KeptAnswer, KeyedRequest, Owner, RequestDigest},
};

use super::{
    detached::detached,
    extract::{body, json},
    problem::Problem,
};
use crate::http::app::App;

const HEADER: &str = "Idempotency-Key";
const TYPE: &str = "application/json";
/// When to ask again for the answer of a request that is being carried out.
const IN_PROGRESS_RETRY: Duration = Duration::from_secs(1);

/// A strict JSON document, and the key it was sent with, if any.
pub struct Idempotent<T> {
    document: T,
    bytes: Bytes,
    key: Option<IdempotencyKey>,
}

/// What a request was answered with, before it is kept and sent.
pub struct Answer<B> {
    /// The status.
    pub status: StatusCode,
    /// The document.
    pub body: B,
}

impl<T: DeserializeOwned + 'static> FromRequest for Idempotent<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (is_json, key) = (body::has_type(request, TYPE), key(request));
        let body = body::read(request.clone(), payload.take());
        Box::pin(async move {
            if !is_json {
                return Err(body::wrong_type(TYPE));
            }
            let (bytes, key) = (body.await?, key?);
            Ok(Self {
                document: json::parse(&bytes)?,
                bytes,
                key,
            })
        })
    }
}

/// The key that a request was sent with, if any.
///
/// # Errors
///
/// 422 for anything but one header of 1 to 64 visible characters.
pub fn key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    let mut sent = request.headers().get_all(HEADER);
    match (sent.next(), sent.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let key = value.to_str().ok().and_then(IdempotencyKey::parse);
            key.map(Some).ok_or_else(malformed)
        }
        (Some(_), Some(_)) => Err(malformed()),
    }
}

/// 422: what was sent as a key is none.
pub fn malformed() -> Problem {
    Problem::invalid_field(
        HEADER,
        "malformed",
        "An Idempotency-Key is one header of 1 to 64 visible characters.",
    )
}

/// Claims the key: `None` when the request is now the caller's to carry out and to settle, otherwise the answer of the
/// first time.
///
/// # Errors
///
/// 422 when the key stands for another request, 409 while that is being carried out.
pub async fn claim(app: &App, request: &KeyedRequest) -> Result<Option<KeptAnswer>, Problem> {
    match app
        .edge
        .idempotency
        .claim(request.clone(), app.edge.clock.now())
        .await?
    {
        Claim::Fresh => Ok(None),
        Claim::Answered(kept) => Ok(Some(kept)),
        Claim::InProgress => Err(in_progress()),
        Claim::Reused => Err(reused()),
    }
}

impl<T: 'static> Idempotent<T> {
    /// Carries the request out, unless its key says that it was; the answer of the first time is given again then.
    /// A refusal is not kept: it may not be one the next time. A client that hangs up finds the answer when it comes back.
    ///
    /// # Errors
    ///
    /// Whatever the work refuses; 422 when the key stands for another request, 409 while that is being carried out.
    pub async fn once<B: Serialize + 'static>(
        self,
        app: Data<App>,
        of: (AccountId, &'static str),
        work: impl AsyncFnOnce(T) -> Result<Answer<B>, Problem> + 'static,
    ) -> Result<HttpResponse, Problem> {
        detached(async move { self.carry_out(&app, of, work).await }).await
    }

    async fn carry_out<B: Serialize>(
        self,
        app: &App,
        (account, route): (AccountId, &'static str),
        work: impl AsyncFnOnce(T) -> Result<Answer<B>, Problem>,
    ) -> Result<HttpResponse, Problem> {
        let Some(key) = self.key else {
            let answer = work(self.document).await?;
            return Ok(HttpResponse::build(answer.status).json(answer.body));
        };
        let request = KeyedRequest {
            owner: Owner::Account(account),
            route,
            key,
            digest: RequestDigest::of(&self.bytes),
        };
        if let Some(kept) = claim(app, &request).await? {
            return Ok(again(kept));
        }
        let kept = match work(self.document).await {
            Ok(answer) => kept(&answer),
            Err(problem) => {
                app.edge.idempotency.settle(request, None).await?;
                return Err(problem);
            }
        };
        app.edge.idempotency.settle(request, Some(kept.clone())).await?;
        Ok(again(kept))
    }
}

fn kept<B: Serialize>(answer: &Answer<B>) -> KeptAnswer {
    KeptAnswer {
        status: answer.status.as_u16(),
        body: serde_json::to_string(&answer.body).unwrap_or_default(),
    }
}

fn again(kept: KeptAnswer) -> HttpResponse {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    HttpResponse::build(status)
        .content_type(ContentType::json())
        .body(kept.body)
}

fn in_progress() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "request-in-progress",
        "A request with this Idempotency-Key is being carried out. Please ask again in a moment.",
    )
    .retry_after(IN_PROGRESS_RETRY)
}

fn reused() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency-key-reused",
        "This Idempotency-Key was used for another request.",
    )
}
