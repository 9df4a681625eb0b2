//! A form that Twilio has signed, of a request that needs no answer to a person.

use actix_web::{HttpRequest, dev::Payload, http::StatusCode, web::Data};
use thunderbird_adapters::twilio::signature::{self, Parameters};

use super::body;
use crate::http::{app::App, problem::Problem};

/// What a request is about, in the words with which it is refused.
pub struct About {
    /// What the log says of one without a good signature.
    pub unsigned: &'static str,
    /// What is answered to one that is signed and has another shape.
    pub misshapen: &'static str,
}

impl About {
    /// It is signed, but Twilio does not send it so.
    pub fn misshapen(&self) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "webhook-shape", self.misshapen)
    }
}

/// The parameters, if Twilio has signed them for this address. A query would be a part of the address that we never give
/// to Twilio.
///
/// # Errors
///
/// 403 without a good signature, 400 with a query, and what reading a body refuses.
pub async fn read(
    request: &HttpRequest,
    payload: Payload,
    about: &About,
) -> Result<(Data<App>, Parameters), Problem> {
    let bytes = body::read(request.clone(), payload).await?;
    let app = request.app_data::<Data<App>>().ok_or_else(Problem::internal)?;
    let form = signature::parameters(&bytes);
    let header = request
        .headers()
        .get("x-twilio-signature")
        .and_then(|value| value.to_str().ok());
    let check = app.sms.inbound_webhook.signature.as_ref();
    let signed = check
        .zip(header)
        .and_then(|(check, header)| check.verify(request.path(), &form, header));
    if signed.is_none() {
        app.edge
            .log
            .unsigned_webhook(app.edge.clock.now(), about.unsigned);
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "webhook-signature",
            "The signature is missing or wrong. It is checked against the service's public URL.",
        ));
    }
    if !request.query_string().is_empty() {
        return Err(about.misshapen());
    }
    Ok((app.clone(), form))
}
