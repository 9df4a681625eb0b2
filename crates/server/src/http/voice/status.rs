//! `POST /webhook/voice/{call}/status`: Twilio tells how far a call has come.

use actix_web::{HttpResponse, web::Data};
use thunderbird_domain::voice::{CallHeard, CallReport};

use super::{
    Signed,
    signed::{AboutCall, unknown},
};
use crate::http::{
    app::App,
    problem::{Problem, ProblemDocument},
};

/// Takes a report: in any order and as often as it comes, also before Twilio's answer to the call itself. A call never goes
/// backwards.
///
/// # Errors
///
/// The problems listed.
#[utoipa::path(post, path = "/webhook/voice/{call}/status",
    params(
        ("call" = String, Path, description = "Names the call.", example = "0123456789abcdef0123456789abcdef"),
        ("X-Twilio-Signature" = String, Header,
        description = "base64(HMAC-SHA1(auth token, public URL and parameters)).")),
    request_body(content = AboutCall, content_type = "application/x-www-form-urlencoded",
        description = "Twilio's parameters of a call, signed in `X-Twilio-Signature`."),
    responses(
        (status = 204, description = "Taken."),
        (status = 400, description = "Signed, but not of the shape of a request about a call.", body = ProblemDocument),
        (status = 403, description = "The signature is missing or wrong.", body = ProblemDocument),
        (status = 404, description = "There is no such call to this number.", body = ProblemDocument),
        (status = 503, description = "It could not be stored.", body = ProblemDocument),
    ))]
pub async fn handle(Signed { tag, form }: Signed, app: Data<App>) -> Result<HttpResponse, Problem> {
    let tag = tag.ok_or_else(unknown)?;
    let Some(status) = form.status else {
        tracing::warn!(event = "voice.status_unknown", "a report with an unknown status");
        return Ok(HttpResponse::NoContent().finish());
    };
    let report = CallReport {
        tag,
        sid: form.sid,
        to: form.to,
        status,
        code: form.code,
        at: app.edge.clock.now(),
    };
    let (sid, code) = (report.sid.clone(), report.code);
    let heard = app.hiking.voice.answers.hear(report).await?;
    if heard == CallHeard::Unknown {
        return Err(unknown());
    }
    tracing::info!(event = "voice.status", %sid, ?status, code, ?heard, "the provider told how far a call is");
    Ok(HttpResponse::NoContent().finish())
}
