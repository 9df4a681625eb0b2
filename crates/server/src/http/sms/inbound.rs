//! `POST /webhook/sms/inbound`: a text comes in.

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::StatusCode,
    web::{Bytes, Data},
};
use futures_util::future::LocalBoxFuture;
use thunderbird_adapters::twilio::{
    signature, twiml,
    webhook::{ShapeRule, WebhookRefusal},
};
use thunderbird_domain::sms::{
    inbound::{InboundMessage, Sender},
    receive::ReceiveError,
};

use crate::http::{
    app::App,
    extract::body,
    problem::{Problem, ProblemDocument},
};

/// What is read of a text that Twilio delivers; whatever else it sends is let by.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "PascalCase")]
#[expect(dead_code, reason = "describes the form, which the adapter reads")]
struct InboundText {
    /// Our account's sid.
    #[schema(pattern = "^AC[0-9a-f]{32}$", examples("AC00000000000000000000000000000000"))]
    account_sid: String,
    /// What was texted.
    #[schema(max_length = 1600, examples("CHECKIN RONNY"))]
    body: String,
    /// The sender: a number in E.164, a short code, or a name.
    #[schema(examples("+61491570006"))]
    from: String,
    /// Twilio's name for the text.
    #[schema(
        pattern = "^(SM|MM)[0-9a-f]{32}$",
        examples("SM0123456789abcdef0123456789abcdef")
    )]
    message_sid: String,
    /// The same.
    #[schema(
        pattern = "^(SM|MM)[0-9a-f]{32}$",
        examples("SM0123456789abcdef0123456789abcdef")
    )]
    sms_sid: String,
    /// The same.
    #[schema(
        pattern = "^(SM|MM)[0-9a-f]{32}$",
        examples("SM0123456789abcdef0123456789abcdef")
    )]
    sms_message_sid: String,
    /// How many pictures came with it.
    #[schema(pattern = "^[0-9]{1,2}$", examples("0"))]
    num_media: String,
    /// One of our numbers.
    #[schema(examples("+61491579455"))]
    to: String,
    /// What Twilio's own opt-out handling made of it.
    #[schema(pattern = "^(STOP|START|HELP)$", examples("STOP"))]
    opt_out_type: Option<String>,
}

/// A text whose signature and shape are those of Twilio.
pub struct Signed(InboundMessage);

impl FromRequest for Signed {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let bytes = body::read(request.clone(), payload).await?;
            let app = request.app_data::<Data<App>>().ok_or_else(Problem::internal)?;
            read(app, &request, &bytes).map(Self).map_err(|refusal| {
                if matches!(refusal, WebhookRefusal::Signature) {
                    note_refused(app, &request, &bytes);
                }
                refused(refusal)
            })
        })
    }
}

fn read(app: &App, request: &HttpRequest, bytes: &Bytes) -> Result<InboundMessage, WebhookRefusal> {
    let signature = request
        .headers()
        .get("x-twilio-signature")
        .and_then(|value| value.to_str().ok());
    app.sms
        .inbound_webhook
        .read((request.path(), request.query_string()), signature, bytes)
}

/// Works out which address a refused webhook was signed for, for whoever sets the service up.
fn note_refused(app: &App, request: &HttpRequest, bytes: &Bytes) {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let now = app.edge.clock.now();
    let what = "a webhook without a good signature was refused";
    app.edge.log.unsigned_webhook(now, what);
    app.edge.metrics.refused_webhooks.note(now, || {
        let check = app.sms.inbound_webhook.signature.as_ref()?;
        let form = signature::parameters(bytes);
        check.signed_for(
            header("host"),
            (request.path(), &form),
            header("x-twilio-signature")?,
        )
    });
}

/// Receives a text. The answer is TwiML; the same MessageSid is always answered alike and acts once.
///
/// # Errors
///
/// The problems listed. A text that could not be stored is answered 500, never as if it had been.
#[utoipa::path(post, path = "/webhook/sms/inbound",
    params(("X-Twilio-Signature" = String, Header,
        description = "base64(HMAC-SHA1(auth token, public URL and parameters)).")),
    request_body(content = InboundText, content_type = "application/x-www-form-urlencoded",
        description = "Twilio's parameters of an inbound message, signed in `X-Twilio-Signature`."),
    responses(
        (status = 200, description = "Received; the reply, if any.", content_type = "text/xml", body = String),
        (status = 400, description = "Signed, but not of the shape of an inbound text.", body = ProblemDocument),
        (status = 403, description = "The signature is missing or wrong.", body = ProblemDocument),
        (status = 409, description = "The MessageSid stands for another text.", body = ProblemDocument),
        (status = 500, description = "The text could not be stored.", body = ProblemDocument),
    ))]
pub async fn handle(Signed(message): Signed, app: Data<App>) -> Result<HttpResponse, Problem> {
    let _guard = app.sms.senders.lock(&message.from).await;
    let sender = masked(&message.from);
    let texts = app
        .sms
        .messages
        .receive(message)
        .await
        .map_err(|error| failed(error, &sender))?;
    tracing::debug!(
        event = "sms.received",
        sender,
        answers = texts.len(),
        "a text was received"
    );
    Ok(HttpResponse::Ok()
        .content_type("text/xml; charset=utf-8")
        .body(twiml::response(&texts)))
}

fn masked(sender: &Sender) -> String {
    match sender {
        Sender::Number(phone) => phone.masked(),
        Sender::Name(_) => "a name".to_owned(),
    }
}

fn refused(refusal: WebhookRefusal) -> Problem {
    match refusal {
        WebhookRefusal::Signature => Problem::new(
            StatusCode::FORBIDDEN,
            "webhook-signature",
            "The signature is missing or wrong. It is checked against the service's public URL.",
        ),
        WebhookRefusal::Shape(rule) => {
            tracing::warn!(
                event = "webhook.misshapen",
                rule = rule_name(rule),
                "a signed webhook was refused"
            );
            Problem::new(
                StatusCode::BAD_REQUEST,
                "webhook-shape",
                "This is signed, but is not of the shape of an inbound text.",
            )
        }
    }
}

fn rule_name(rule: ShapeRule) -> &'static str {
    match rule {
        ShapeRule::Names => "S1",
        ShapeRule::Required => "S2",
        ShapeRule::Ours => "S3",
        ShapeRule::Length => "S4",
        ShapeRule::Ambiguous => "S5",
        ShapeRule::Query => "S6",
    }
}

fn failed(error: ReceiveError, sender: &str) -> Problem {
    match error {
        ReceiveError::SidReused => {
            tracing::warn!(
                event = "webhook.sid_reused",
                sender,
                "a MessageSid came with another text"
            );
            Problem::new(
                StatusCode::CONFLICT,
                "message-sid-reused",
                "This MessageSid stands for another message.",
            )
        }
        ReceiveError::Fault(fault) => {
            drop(Problem::from(fault));
            Problem::internal()
        }
    }
}
