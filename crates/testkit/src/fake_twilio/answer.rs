//! Twilio's JSON, as its documentation of the Message resource shows it.

use serde_json::json;
use thunderbird_domain::sms::body;

use super::{ACCOUNT_SID, OUR_NUMBER, ReceivedText};

const DATE: &str = "Sun, 22 Nov 2026 08:49:37 +0000";

/// The code with which Twilio refuses a form that lacks something.
pub(super) fn refusal(text: &ReceivedText) -> Option<u32> {
    let through_service = text.parameter("MessagingServiceSid").is_some();
    if text.to.is_empty() {
        Some(21_604)
    } else if text.body.is_empty() {
        Some(21_602)
    } else if text.body.chars().count() > 1_600 {
        Some(21_617)
    } else if text.from.is_empty() && !through_service {
        Some(21_603)
    } else if !through_service && text.from != OUR_NUMBER {
        Some(21_606)
    } else {
        None
    }
}

/// The Message resource. Numbers in strings, prices negative, dates in RFC 2822, unknown values null.
pub(super) fn message(
    text: &ReceivedText,
    price: Option<(String, String)>,
    status: Option<(String, Option<u32>)>,
) -> String {
    let uri = format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{}", text.sid);
    let (price, unit) = price.unzip();
    let (status, code) = status.unwrap_or(("queued".to_owned(), None));
    json!({
        "account_sid": ACCOUNT_SID,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": DATE,
        "date_sent": null,
        "date_updated": DATE,
        "direction": "outbound-api",
        "error_code": code,
        "error_message": null,
        "from": if text.from.is_empty() { None } else { Some(&text.from) },
        "messaging_service_sid": text.parameter("MessagingServiceSid"),
        "num_media": "0",
        "num_segments": body::segments(&text.body).to_string(),
        "price": price,
        "price_unit": unit.unwrap_or("USD".to_owned()),
        "sid": text.sid,
        "status": status,
        "subresource_uris": { "media": format!("{uri}/Media.json") },
        "to": text.to,
        "uri": format!("{uri}.json"),
    })
    .to_string()
}

/// Twilio's error JSON.
pub(super) fn error(status: u16, code: u32) -> String {
    json!({
        "code": code,
        "message": "The fake refuses this request.",
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status,
    })
    .to_string()
}
