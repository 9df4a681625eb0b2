//! One request to a provider: bounded in time and size, and never logged with its address.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, header, redirect, retry};
use thunderbird_domain::{
    forecast::{Fetched, Flaw, Why},
    port::Fault,
    time::Timestamp,
};

pub(super) const PORT: &str = "forecasts";

const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(15);

/// More than this of an answer is not read.
const MOST: usize = 512 * 1024;

/// How many redirects on the same host are followed.
const REDIRECTS: usize = 3;

/// An answer that was read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) is_json: bool,
    pub(super) expires: Option<Timestamp>,
    pub(super) tag: Option<String>,
    pub(super) body: Vec<u8>,
}

/// The address without a slash at its end, as paths are put behind it.
pub fn base_url_of(text: &str) -> String {
    text.trim_end_matches('/').to_owned()
}

/// A client of its own for a provider, whose operators can see who asks. Redirects are followed on the same host only.
pub(super) fn client(contact: Option<&str>) -> Result<Client, Fault> {
    // The first of the process wins; everybody here installs the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let name = concat!("thunderbird/", env!("CARGO_PKG_VERSION"));
    let agent = contact.map_or_else(|| name.to_owned(), |contact| format!("{name} {contact}"));
    Client::builder()
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        .pool_idle_timeout(IDLE)
        .redirect(redirect::Policy::custom(|attempt| {
            let same = attempt.previous().first().is_some_and(|first| {
                (first.scheme(), first.host_str(), first.port())
                    == (
                        attempt.url().scheme(),
                        attempt.url().host_str(),
                        attempt.url().port(),
                    )
            });
            if same && attempt.previous().len() <= REDIRECTS {
                attempt.follow()
            } else {
                attempt.stop()
            }
        }))
        .retry(retry::never())
        .no_proxy()
        .user_agent(agent)
        .build()
        .map_err(|error| Fault::lasting(PORT, error))
}

/// Sends one request.
///
/// # Errors
///
/// What is to be told instead of a forecast: the provider could not be reached, or its answer broke off or is too long.
pub(super) async fn ask(request: RequestBuilder) -> Result<Answer, Fetched> {
    let answer = match request.header(header::ACCEPT, "application/json").send().await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::warn!(event = "forecast.unreachable", error = %error.without_url(), "a weather service gave no answer");
            return Err(Fetched::Failed(Why::Unreachable));
        }
    };
    let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let is_json = text(header::CONTENT_TYPE).is_some_and(|kind| kind.contains("json"));
    let expires = text(header::EXPIRES).and_then(instant);
    let tag = text(header::LAST_MODIFIED).map(str::to_owned);
    let status = answer.status().as_u16();
    let body = read(answer).await?;
    Ok(Answer {
        status,
        is_json,
        expires,
        tag,
        body,
    })
}

async fn read(mut answer: Response) -> Result<Vec<u8>, Fetched> {
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) if body.len() + chunk.len() <= MOST => body.extend_from_slice(&chunk),
            Err(error) if error.is_timeout() => return Err(Fetched::Failed(Why::Unreachable)),
            Ok(Some(_)) | Err(_) => return Err(Fetched::Malformed(Flaw::Length)),
        }
    }
}

/// What a status says that is no success.
pub(super) fn refusal(status: u16) -> Why {
    match status {
        401..=403 => Why::Forbidden,
        429 => Why::TooMany,
        500..=599 => Why::Overloaded,
        _ => Why::Refused,
    }
}

/// `Sun, 22 Nov 2026 19:00:00 GMT` (RFC 9110, section 5.6.7).
fn instant(date: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::parse(&date.replace("GMT", "+0000")).ok()?;
    Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}

/// When the hour or the day ends that an instant lies in, in UTC.
pub(super) fn end_of(span: Duration, now: Timestamp) -> Timestamp {
    let length = i64::try_from(span.as_micros()).unwrap_or(i64::MAX).max(1);
    let begun = now.as_micros().div_euclid(length).saturating_mul(length);
    Timestamp::from_micros(begun).plus(span)
}
