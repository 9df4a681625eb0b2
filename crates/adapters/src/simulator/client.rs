//! A simulated phone: texts a running service through its public webhook, and listens for what it is sent.

use std::{fmt::Write as _, time::Duration};

use quick_xml::{Reader, events::Event};
use reqwest::{Client, Response, StatusCode, header, redirect};
use serde::Deserialize;
use thunderbird_domain::{phone_number::PhoneNumber, random::Tag, secret::Secret};

use super::{ACCOUNT_SID, NUMBER};
use crate::twilio::signature;

/// How long an answer may take: longer than the service lets a long poll wait.
const PATIENCE: Duration = Duration::from_secs(40);

/// Why the service could not be talked to.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// Nobody answers at the address.
    #[error("no running service answers at {url}: {source}")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        source: reqwest::Error,
    },
    /// Something else than the service with this key ring answers.
    #[error("{url} answers {status}: is it the service of this configuration, with its simulator on?")]
    Refused {
        /// Where.
        url: String,
        /// With which status.
        status: StatusCode,
    },
    /// The answer is not what the service answers.
    #[error("{url} answers something that cannot be read")]
    Unreadable {
        /// Where.
        url: String,
    },
}

/// A call to a phone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PhoneCall {
    /// The address, below the public URL, that knows what is said.
    pub path: String,
    /// The name of the call.
    pub sid: String,
}

/// A text that the service sent to a phone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PhoneEvent {
    /// Its number; ask for what follows with it.
    pub id: u64,
    /// The phone.
    pub to: String,
    /// What it says.
    pub body: String,
    /// The call, if it is one and no text.
    #[serde(default)]
    pub call: Option<PhoneCall>,
}

#[derive(Deserialize)]
struct Events {
    events: Vec<PhoneEvent>,
    last: u64,
}

/// A phone of the simulator.
pub struct SimulatedPhone {
    pub(super) client: Client,
    pub(super) url: String,
    pub(super) token: Secret<String>,
    pub(super) number: PhoneNumber,
}

impl SimulatedPhone {
    /// A phone with `number` for the service at `url` (its public URL, without a slash at the end), whose simulator
    /// key in hex is `token`.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Unreachable`] when no client can be made.
    pub fn new(url: String, token: Secret<String>, number: PhoneNumber) -> Result<Self, PhoneError> {
        // The first of the process wins; everybody here installs the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder()
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .no_proxy();
        match builder.build() {
            Ok(client) => Ok(Self {
                client,
                url,
                token,
                number,
            }),
            Err(source) => Err(PhoneError::Unreachable { url, source }),
        }
    }

    /// Sends a text named by `tag`, and returns what the service answers at once.
    ///
    /// # Errors
    ///
    /// [`PhoneError`].
    pub async fn text(&self, tag: Tag, body: &str) -> Result<Vec<String>, PhoneError> {
        let url = format!("{}/webhook/sms/inbound", self.url);
        let sid = format!("SM{tag}");
        let form = [
            ("AccountSid", ACCOUNT_SID),
            ("ApiVersion", "2010-04-01"),
            ("Body", body),
            ("From", self.number.as_str()),
            ("MessageSid", &sid),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("SmsMessageSid", &sid),
            ("SmsSid", &sid),
            ("SmsStatus", "received"),
            ("To", NUMBER),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let sorted: Vec<_> = form.iter().collect();
        let signature = signature::sign(self.token.expose(), &[&url], &sorted);
        let request = self
            .client
            .post(&url)
            .header("X-Twilio-Signature", signature)
            .form(&form);
        let answer = self.read(&url, request.send().await).await?;
        messages(&answer).ok_or(PhoneError::Unreadable { url })
    }

    /// What the service sent to this phone after number `after`; waits for the next when there is none yet. Returns
    /// the number to ask with next.
    ///
    /// # Errors
    ///
    /// [`PhoneError`].
    pub async fn events(&self, after: u64) -> Result<(Vec<PhoneEvent>, u64), PhoneError> {
        self.poll(&format!("after={after}")).await
    }

    /// Moves the service's clock ahead to `instant`, in RFC 3339, or by a span such as `+26h`. Returns the time that it goes by then.
    ///
    /// # Errors
    ///
    /// [`PhoneError`]; an instant that has passed is refused.
    pub async fn move_clock(&self, instant: &str) -> Result<String, PhoneError> {
        let url = format!("{}/simulator/clock", self.url);
        let key = format!("Simulator {}", self.token.expose());
        let request = self
            .client
            .post(&url)
            .query(&[("at", instant)])
            .header(header::AUTHORIZATION, key);
        self.read(&url, request.send().await).await
    }

    /// The number of the newest event of any phone.
    ///
    /// # Errors
    ///
    /// [`PhoneError`].
    pub async fn newest(&self) -> Result<u64, PhoneError> {
        self.poll("after=0&wait=0").await.map(|(_, last)| last)
    }

    pub(super) async fn poll(&self, query: &str) -> Result<(Vec<PhoneEvent>, u64), PhoneError> {
        let mut phone = String::new();
        for byte in self.number.as_str().bytes() {
            // Writing to a String cannot fail.
            let _ = write!(phone, "%{byte:02X}");
        }
        let url = format!("{}/simulator/events", self.url);
        let key = format!("Simulator {}", self.token.expose());
        let request = self
            .client
            .get(format!("{url}?phone={phone}&{query}"))
            .header(header::AUTHORIZATION, key);
        let answer = self.read(&url, request.send().await).await?;
        let read: Events = serde_json::from_str(&answer).map_err(|_| PhoneError::Unreadable { url })?;
        let last = read.events.last().map_or(read.last, |event| event.id);
        Ok((read.events, last))
    }

    pub(super) async fn read(
        &self,
        url: &str,
        answer: Result<Response, reqwest::Error>,
    ) -> Result<String, PhoneError> {
        let unreachable = |source: reqwest::Error| PhoneError::Unreachable {
            url: self.url.clone(),
            source: source.without_url(),
        };
        let answer = answer.map_err(unreachable)?;
        if !matches!(answer.status(), StatusCode::OK | StatusCode::NO_CONTENT) {
            return Err(PhoneError::Refused {
                url: url.to_owned(),
                status: answer.status(),
            });
        }
        answer.text().await.map_err(unreachable)
    }
}

/// The texts of a TwiML answer; `None` when it is none.
pub fn messages(twiml: &str) -> Option<Vec<String>> {
    texts_in(twiml, "Message")
}

/// The texts in the elements of this name; `None` for what is no XML.
pub(super) fn texts_in(twiml: &str, name: &str) -> Option<Vec<String>> {
    let mut reader = Reader::from_str(twiml);
    let mut messages = Vec::new();
    let mut open: Option<String> = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) if tag.name().as_ref() == name => open = Some(String::new()),
            Event::End(tag) if tag.name().as_ref() == name => messages.push(open.take()?),
            Event::Text(text) => {
                if let Some(open) = &mut open {
                    open.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(open) = &mut open {
                    open.push_str(&resolve(&reference)?);
                }
            }
            Event::Eof => return open.is_none().then_some(messages),
            _ => {}
        }
    }
}

fn resolve(reference: &str) -> Option<String> {
    let number = reference
        .strip_prefix('#')
        .map(|digits| match digits.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => digits.parse(),
        });
    match number {
        Some(code) => char::from_u32(code.ok()?).map(String::from),
        None => quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_an_answer_are_read() {
        let twiml = "<?xml version=\"1.0\"?><Response><Message>a &lt;b&gt; &amp; &#39;c&#x27;\nd</Message>\
                     <Message>e</Message></Response>";
        assert_eq!(
            messages(twiml),
            Some(vec!["a <b> & 'c'\nd".to_owned(), "e".to_owned()])
        );
        assert_eq!(messages("<?xml version=\"1.0\"?><Response/>"), Some(vec![]));
        assert_eq!(messages("<Response><Message>a"), None);
    }

    #[test]
    fn what_the_service_writes_is_read_back() {
        for text in ["", "a & b < c > \"d\" 'e'", "line\nline", "🏔 é €"] {
            let written = crate::twilio::twiml::response(&[text.to_owned()]);
            assert_eq!(messages(&written), Some(vec![text.to_owned()]));
        }
    }
}
