//! `POST /webhook/sms/status`: Twilio tells how far a text of ours has come.

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use futures_util::future::LocalBoxFuture;
use thunderbird_adapters::twilio::status::Said;

use crate::http::{
    app::App,
    extract::signed_form::{self, About},
    problem::{Problem, ProblemDocument},
};

/// What is read of a delivery callback; whatever else Twilio sends is let by.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "PascalCase")]
#[expect(dead_code, reason = "describes the form, which the adapter reads")]
struct DeliveryCallback {
    /// Our account's sid.
    #[schema(pattern = "^AC[0-9a-f]{32}$", examples("AC00000000000000000000000000000000"))]
    account_sid: String,
    /// Why it was not delivered.
    #[schema(pattern = "^[0-9]{0,5}$", examples("30003"))]
    error_code: Option<String>,
    /// One of our numbers; not needed when the text went through our messaging service.
    #[schema(examples("+61491579455"))]
    from: String,
    /// Twilio's name for the text.
    #[schema(
        pattern = "^(SM|MM)[0-9a-f]{32}$",
        examples("SM0123456789abcdef0123456789abcdef")
    )]
    message_sid: String,
    /// How far it has come.
    #[schema(pattern = "^[a-z_]{1,32}$", examples("delivered"))]
    message_status: String,
    /// Who was texted.
    #[schema(examples("+61491570006"))]
    to: String,
}

const ABOUT: About = About {
    unsigned: "a callback without a good signature was refused",
    misshapen: "This is signed, but is not of the shape of a delivery callback.",
};

/// A delivery callback whose signature and shape are those of Twilio.
pub struct Signed(Said);

impl FromRequest for Signed {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let (app, form) = signed_form::read(&request, payload, &ABOUT).await?;
            app.sms.callback_shape.read(&form, app.edge.clock.now()).map(Self).map_err(|error| {
                tracing::warn!(event = "webhook.misshapen", rule = %error, "a signed callback was refused");
                ABOUT.misshapen()
            })
        })
    }
}

/// Takes a delivery callback: each (sid, status, error) once, in any order, also before the text's own answer.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/webhook/sms/status",
    params(("X-Twilio-Signature" = String, Header,
        description = "base64(HMAC-SHA1(auth token, public URL and parameters)).")),
    request_body(content = DeliveryCallback, content_type = "application/x-www-form-urlencoded",
        description = "Twilio's parameters of a delivery callback, signed in `X-Twilio-Signature`."),
    responses(
        (status = 204, description = "Taken."),
        (status = 400, description = "Signed, but not of the shape of a delivery callback.", body = ProblemDocument),
        (status = 403, description = "The signature is missing or wrong.", body = ProblemDocument),
        (status = 503, description = "It could not be stored.", body = ProblemDocument),
    ))]
pub async fn handle(Signed(callback): Signed, app: Data<App>) -> Result<HttpResponse, Problem> {
    match callback {
        Said::Status(callback) => {
            let (sid, code) = (callback.sid.clone(), callback.code);
            let told = callback.status;
            let heard = app.sms.deliveries.hear(callback).await?;
            tracing::info!(event = "sms.status", %sid, ?told, code, ?heard, "the provider told how far a text is");
        }
        Said::UnknownStatus => {
            tracing::warn!(event = "sms.status_unknown", "a callback with an unknown status");
        }
    }
    Ok(HttpResponse::NoContent().finish())
}
