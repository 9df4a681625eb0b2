//! The forms that send a text: sent twice, because a button was pressed twice or an answer was lost, they act once.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use thunderbird_domain::{
    admin::AdminCaller,
    idempotency::{IdempotencyKey, KeptAnswer, KeyedRequest, Owner, RequestDigest},
};

use super::refused::{Refused, answer};
use crate::http::{
    app::App,
    extract::{Form, console::ConsoleRefusal},
    idempotent,
    problem::Problem,
};

/// Where a send form leads back to.
const BACK: &str = "/admin/messages";

/// A form that names itself: by the header, or by the field that every page gives another value.
pub(super) struct SendForm {
    key: Option<IdempotencyKey>,
    digest: RequestDigest,
}

impl SendForm {
    /// Reads the form's name; `asked` is everything else that makes it this form and no other.
    pub(super) fn read(request: &HttpRequest, form: &mut Form, asked: &[&str]) -> Result<Self, Problem> {
        let field = form.take("nonce").filter(|nonce| !nonce.is_empty());
        let key = match (idempotent::key(request)?, field) {
            (Some(key), _) => Some(key),
            (None, Some(nonce)) => Some(IdempotencyKey::parse(&nonce).ok_or_else(idempotent::malformed)?),
            (None, None) => None,
        };
        let digest = RequestDigest::of(format!("{asked:?}").as_bytes());
        Ok(Self { key, digest })
    }

    /// The form's name.
    pub(super) fn key(&self) -> Option<&IdempotencyKey> {
        self.key.as_ref()
    }

    /// Does the work, unless this form was sent before: then it leads to where it led the first time. A refusal is not
    /// kept, because the next attempt may succeed.
    pub(super) async fn once(
        &self,
        app: &App,
        (caller, route): (&AdminCaller, &'static str),
        work: impl AsyncFnOnce() -> Result<&'static str, Refused>,
    ) -> Result<HttpResponse, ConsoleRefusal> {
        let Some(key) = self.key.clone() else {
            return answer(BACK, work().await);
        };
        let request = KeyedRequest {
            owner: Owner::Admin(caller.id),
            route,
            key,
            digest: self.digest,
        };
        if let Some(kept) = idempotent::claim(app, &request).await? {
            return Ok(again(&kept));
        }
        let done = work().await;
        let kept = done.as_ref().ok().map(|notice| KeptAnswer {
            status: StatusCode::SEE_OTHER.as_u16(),
            body: format!("{BACK}?notice={notice}"),
        });
        app.edge.idempotency.settle(request, kept).await?;
        answer(BACK, done)
    }
}

/// The answer of the first time.
fn again(kept: &KeptAnswer) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, kept.body.as_str()))
        .finish()
}
