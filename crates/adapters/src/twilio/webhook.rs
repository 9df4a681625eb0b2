//! Reads an inbound webhook: signature first, then a shape that leaves exactly one reading.
//!
//! Twilio signs names and values without separators, so one captured signature covers every way to cut the same
//! string anew: a text whose body contains `From+61…` could be replayed as a text from that number. The rules here
//! leave one reading of every signed string.

use thunderbird_domain::{
    phone_number::PhoneNumber,
    sms::inbound::{CarrierVerdict, InboundMessage, MessageSid, Sender, TokenFingerprint},
};

use super::{
    form_value::{is_sid, sender},
    reading,
    signature::{Parameters, SignatureCheck, parameters},
};

/// Longest value of any parameter but the body, in bytes.
const MAX_VALUE: usize = 1_024;

/// The rule that a webhook breaks. The names are those of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShapeRule {
    /// Names are `[A-Z][A-Za-z0-9]{0,63}`, each once.
    Names,
    /// What is required is there and strictly formed.
    Required,
    /// The three sids are equal, the account and the recipient are ours.
    Ours,
    /// No value but the body is over 1,024 bytes.
    Length,
    /// Nothing but the body looks as if it had swallowed another parameter, and no parameter as if it were cut off
    /// the body.
    Ambiguous,
    /// There is no query string.
    Query,
}

/// Why a webhook was turned away. Nothing of it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    /// The signature is missing or wrong.
    #[error("the signature is missing or wrong")]
    Signature,
    /// Signed, but not of the shape that Twilio's webhooks have.
    #[error("the webhook has not the shape of an inbound text ({0:?})")]
    Shape(ShapeRule),
}

/// Reads inbound texts of one Twilio account.
#[derive(Debug, Clone, Default)]
pub struct InboundWebhook {
    /// Whose signature is believed; `None` believes nobody.
    pub signature: Option<SignatureCheck>,
    /// Our account's sid.
    pub account_sid: String,
    /// Our numbers.
    pub numbers: Vec<PhoneNumber>,
}

impl InboundWebhook {
    /// Which auth tokens are believed now.
    pub fn believed(&self) -> Vec<TokenFingerprint> {
        self.signature
            .as_ref()
            .map(SignatureCheck::fingerprints)
            .unwrap_or_default()
    }

    /// Reads a request to `path`.
    ///
    /// # Errors
    ///
    /// [`WebhookRefusal`]; the signature is looked at before anything else.
    pub fn read(
        &self,
        (path, query): (&str, &str),
        signature: Option<&str>,
        body: &[u8],
    ) -> Result<InboundMessage, WebhookRefusal> {
        let form = parameters(body);
        let signed_by = [path.to_owned(), format!("{path}?{query}")]
            .iter()
            .take(if query.is_empty() { 1 } else { 2 })
            .find_map(|address| self.signature.as_ref()?.verify(address, &form, signature?))
            .ok_or(WebhookRefusal::Signature)?;
        if !query.is_empty() {
            return Err(WebhookRefusal::Shape(ShapeRule::Query));
        }
        let read = shape(&form, &self.account_sid, &self.numbers).map_err(WebhookRefusal::Shape)?;
        Ok(InboundMessage { signed_by, ..read })
    }
}

/// Reads a form that was signed; `signed_by` of the answer is left blank.
fn shape(form: &Parameters, account_sid: &str, numbers: &[PhoneNumber]) -> Result<InboundMessage, ShapeRule> {
    one_of_each_name(form)?;
    let value = |name: &str| {
        form.iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    let required = |name| value(name).ok_or(ShapeRule::Required);
    let account = required("AccountSid").and_then(|raw| formed(raw, is_sid))?;
    let from = sender(required("From")?).ok_or(ShapeRule::Required)?;
    let to = PhoneNumber::from_e164(required("To")?).map_err(|_| ShapeRule::Required)?;
    let sid = |name| required(name).and_then(|raw| MessageSid::parse(raw).ok_or(ShapeRule::Required));
    let (message, sms, sms_message) = (sid("MessageSid")?, sid("SmsSid")?, sid("SmsMessageSid")?);
    let media = formed(required("NumMedia")?, is_count)?
        .parse()
        .map_err(|_| ShapeRule::Required)?;
    let body = storable(required("Body")?);
    let verdict = value("OptOutType")
        .filter(|raw| !raw.is_empty())
        .map(verdict)
        .transpose()?;
    if message != sms || message != sms_message || account != account_sid || !numbers.contains(&to) {
        return Err(ShapeRule::Ours);
    }
    one_reading(form, &from)?;
    let signed_by = thunderbird_domain::sms::inbound::TokenFingerprint::from_bytes([0; 8]);
    Ok(InboundMessage {
        sid: message,
        from,
        to,
        body,
        media,
        verdict,
        signed_by,
    })
}

fn one_of_each_name(form: &Parameters) -> Result<(), ShapeRule> {
    let mut names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    let well_formed = |name: &&str| {
        name.len() <= 64
            && name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    names.sort_unstable();
    let once = names.windows(2).all(|pair| pair.first() != pair.last());
    if once && names.iter().all(well_formed) {
        Ok(())
    } else {
        Err(ShapeRule::Names)
    }
}

/// The rules for what is not formed strictly.
fn one_reading(form: &Parameters, from: &Sender) -> Result<(), ShapeRule> {
    let mut others = form.iter().filter(|(name, _)| name != "Body");
    if others.any(|(_, value)| value.len() > MAX_VALUE) {
        return Err(ShapeRule::Length);
    }
    if reading::is_the_only_one(form, from) {
        Ok(())
    } else {
        Err(ShapeRule::Ambiguous)
    }
}

fn formed(raw: &str, is_formed: fn(&str) -> bool) -> Result<&str, ShapeRule> {
    if is_formed(raw) {
        Ok(raw)
    } else {
        Err(ShapeRule::Required)
    }
}

/// The body as it is stored. U+0000 is a character that not every database stores in a text.
pub(super) fn storable(body: &str) -> String {
    body.replace('\0', "\u{fffd}")
}

fn verdict(raw: &str) -> Result<CarrierVerdict, ShapeRule> {
    match raw {
        "STOP" => Ok(CarrierVerdict::Stop),
        "START" => Ok(CarrierVerdict::Start),
        "HELP" => Ok(CarrierVerdict::Help),
        _ => Err(ShapeRule::Required),
    }
}

fn is_count(raw: &str) -> bool {
    (1..=2).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
