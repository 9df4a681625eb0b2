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
                    (&other.body, other.media, other.verdict),
                    (&message.body, message.media, message.verdict),
                    "{forged:?}"
                );
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
