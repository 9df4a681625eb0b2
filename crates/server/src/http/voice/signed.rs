//! A request about a call whose signature and shape are those of Twilio.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::StatusCode};
use futures_util::future::LocalBoxFuture;
use thunderbird_adapters::twilio::call_webhook::CallForm;
use thunderbird_domain::random::Tag;

use crate::http::{
    extract::signed_form::{self, About},
    problem::Problem,
};

/// What is read of a request about a call; whatever else Twilio sends is let by.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "PascalCase")]
#[expect(dead_code, reason = "describes the form, which the adapter reads")]
pub struct AboutCall {
    /// Our account's sid.
    #[schema(pattern = "^AC[0-9a-f]{32}$", examples("AC00000000000000000000000000000000"))]
    account_sid: String,
    /// Twilio's name for the call.
    #[schema(pattern = "^CA[0-9a-f]{32}$", examples("CA0123456789abcdef0123456789abcdef"))]
    call_sid: String,
    /// How far it has come.
    #[schema(pattern = "^[a-z-]{1,32}$", examples("in-progress"))]
    call_status: String,
    /// The key that was pressed.
    #[schema(pattern = "^[0-9*#]?$", examples("1"))]
    digits: Option<String>,
    /// Why it failed.
    #[schema(pattern = "^[0-9]{0,5}$", examples("13224"))]
    error_code: Option<String>,
    /// One of our numbers.
    #[schema(examples("+61491579455"))]
    from: String,
    /// Who was called.
    #[schema(examples("+61491570110"))]
    to: String,
}

const ABOUT: About = About {
    unsigned: "a request about a call without a good signature was refused",
    misshapen: "This is signed, but is not of the shape of a request about a call.",
};

/// A request about the call that its address names.
pub struct Signed {
    /// Names the call; `None` for an address that names none.
    pub tag: Option<Tag>,
    /// What the request says.
    pub form: CallForm,
}

impl FromRequest for Signed {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let (app, form) = signed_form::read(&request, payload, &ABOUT).await?;
            let form = app.hiking.voice.shape.read(&form).map_err(|error| {
                tracing::warn!(event = "webhook.misshapen", rule = %error, "a signed request about a call was refused");
                ABOUT.misshapen()
            })?;
            let tag = request.match_info().get("call").and_then(Tag::parse);
            Ok(Self { tag, form })
        })
    }
}

/// There is no call of this name to this number.
pub fn unknown() -> Problem {
    tracing::warn!(
        event = "voice.unknown",
        "a signed request about a call that we did not place"
    );
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown-call",
        "There is no such call to this number. Nothing was changed.",
    )
}
