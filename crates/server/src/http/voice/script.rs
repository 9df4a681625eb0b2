//! `POST /webhook/voice/{call}`: Twilio asks what to say, and tells which key was pressed.

use actix_web::{HttpResponse, web::Data};
use thunderbird_adapters::twilio::spoken;
use thunderbird_domain::voice::{CallRefusal, OnThePhone};

use super::{
    Signed,
    signed::{AboutCall, unknown},
};
use crate::http::{
    app::App,
    problem::{Problem, ProblemDocument},
};

/// Says the facts of the alert twice and waits for a key: 1 claims the alarm as the text ACTING does, 2 repeats, 9 ends the
/// calls to this number. The same request is answered alike and acts once.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/webhook/voice/{call}",
    params(
        ("call" = String, Path, description = "Names the call.", example = "0123456789abcdef0123456789abcdef"),
        ("X-Twilio-Signature" = String, Header,
        description = "base64(HMAC-SHA1(auth token, public URL and parameters)).")),
    request_body(content = AboutCall, content_type = "application/x-www-form-urlencoded",
        description = "Twilio's parameters of a call, signed in `X-Twilio-Signature`."),
    responses(
        (status = 200, description = "What is said.", content_type = "text/xml", body = String),
        (status = 400, description = "Signed, but not of the shape of a request about a call.", body = ProblemDocument),
        (status = 403, description = "The signature is missing or wrong.", body = ProblemDocument),
        (status = 404, description = "There is no such call to this number.", body = ProblemDocument),
        (status = 503, description = "The call could not be read or the key not stored.", body = ProblemDocument),
    ))]
pub async fn handle(Signed { tag, form }: Signed, app: Data<App>) -> Result<HttpResponse, Problem> {
    let phone = OnThePhone {
        tag: tag.ok_or_else(unknown)?,
        sid: form.sid,
        to: form.to,
    };
    let answers = &app.hiking.voice.answers;
    let said = match &form.key {
        Some(key) => answers.pressed(&phone, key).await,
        None => answers.picked_up(&phone).await,
    };
    let said = said.map_err(refused)?;
    tracing::info!(event = "voice.said", sid = %phone.sid, key = form.key, "a phone was answered");
    Ok(HttpResponse::Ok()
        .content_type("text/xml; charset=utf-8")
        .body(spoken::response(&said)))
}

fn refused(refusal: CallRefusal) -> Problem {
    match refusal {
        CallRefusal::Unknown => unknown(),
        CallRefusal::Fault(fault) => Problem::from(fault),
    }
}
