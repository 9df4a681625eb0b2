//! An inbound text: signature, shape, and the one reading.

use std::sync::{Arc, LazyLock};

use thunderbird_adapters::twilio::{
    signature::{AuthToken, SignatureCheck, parameters},
    webhook::{InboundWebhook, WebhookRefusal},
};
use thunderbird_domain::{
    phone_number::PhoneNumber,
    secret::Secret,
    sms::inbound::{InboundMessage, Sender},
};
use thunderbird_testkit::fake_twilio::signature;

use crate::{
    input,
    recut::{Form, recut},
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const ORIGIN: &str = "https://sms.example.org";
const PATH: &str = "/webhook/sms/inbound";
const ACCOUNT: &str = "AC00000000000000000000000000000001";
const OURS: &str = "+61491579455";

static WEBHOOK: LazyLock<InboundWebhook> = LazyLock::new(|| InboundWebhook {
    signature: SignatureCheck::new(
        ORIGIN,
        Arc::new(vec![AuthToken::new(Secret::new(TOKEN.to_owned()))]),
    )
    .ok(),
    account_sid: ACCOUNT.to_owned(),
    numbers: vec![PhoneNumber::from_e164(OURS).unwrap()],
});

/// First line: how to cut the signed string anew. The rest: the body of a POST, signed here.
pub fn check(bytes: &[u8]) {
    let (edits, body) = input::first_line(bytes);
    let form = parameters(body);
    assert_eq!(
        read("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "", body),
        Err(WebhookRefusal::Signature),
        "believed without Twilio's signature"
    );
    let signed = signature(TOKEN, &format!("{ORIGIN}{PATH}"), &form);
    assert!(
        read(&signed, "a=b", body).is_err(),
        "a query is no part of a text"
    );
    let Ok(message) = read(&signed, "", body) else {
        return;
    };
    agrees(&message, &form);
    if let Some(forged) = recut(&form, edits) {
        let body = encoded(&forged);
        assert_eq!(signed, signature(TOKEN, &format!("{ORIGIN}{PATH}"), &forged));
        match read(&signed, "", body.as_bytes()) {
            Ok(other) => {
                assert_eq!(
                    (&other.sid, &other.from, &other.to),
                    (&message.sid, &message.from, &message.to),
                    "{forged:?}"
                );
                assert_eq!(
                    (other.media, other.verdict),
                    (message.media, message.verdict),
                    "{forged:?}"
                );
                one_body((&message, &form), (&other, &forged));
            }
            Err(refusal) => assert_ne!(refusal, WebhookRefusal::Signature),
        }
    }
}

fn read(signature: &str, query: &str, body: &[u8]) -> Result<InboundMessage, WebhookRefusal> {
    WEBHOOK.read((PATH, query), Some(signature), body)
}

fn encoded(form: &Form) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish()
}

/// The end of a body can be cut off only where somebody wrote a name such as Twilio's (docs/security.md, what is not
/// done): one of the two forms then has a parameter more between `Body` and `From`, and nothing else of it differs.
fn one_body((one, one_form): (&InboundMessage, &Form), (other, other_form): (&InboundMessage, &Form)) {
    if one.body == other.body {
        return;
    }
    let (shorter, longer) = if one.body.len() < other.body.len() {
        (one, other)
    } else {
        (other, one)
    };
    assert!(
        longer.body.starts_with(&shorter.body),
        "{one_form:?} {other_form:?}"
    );
    let shorter_form = if shorter.body == one.body {
        one_form
    } else {
        other_form
    };
    let first = shorter_form
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| ("Body".."From").contains(name) && *name != "Body")
        .min();
    let words = first.map(|name| name.chars().filter(char::is_ascii_uppercase).count());
    assert!(
        first == Some("Forwarded") || words.is_some_and(|words| words > 1),
        "the end of a body became a parameter: {shorter_form:?}"
    );
    let rest = longer.body.get(shorter.body.len()..).unwrap();
    assert!(
        first.is_some_and(|name| rest.starts_with(name)),
        "{shorter_form:?}"
    );
}

/// What was read is what the form says, each name once.
fn agrees(message: &InboundMessage, form: &Form) {
    let value = |name: &str| {
        let mut values = form.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} twice");
        value
    };
    assert_eq!(value("AccountSid"), Some(ACCOUNT));
    assert_eq!(value("To"), Some(OURS));
    assert_eq!(value("Body"), Some(message.body.as_str()));
    assert_eq!(value("From"), Some(message.from.as_str()));
    for name in ["MessageSid", "SmsSid", "SmsMessageSid"] {
        assert_eq!(value(name), Some(message.sid.as_str()));
    }
    if let Sender::Number(phone) = &message.from {
        crate::phone_number::is_e164(phone.as_str());
    }
}
