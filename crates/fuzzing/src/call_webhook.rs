//! A request about a call: its shape, and the one reading.

use std::sync::LazyLock;

use thunderbird_adapters::twilio::{call_webhook::CallShape, signature::parameters};
use thunderbird_domain::phone_number::PhoneNumber;

use crate::{input, recut::recut};

static SHAPE: LazyLock<CallShape> = LazyLock::new(|| CallShape {
    account_sid: "AC00000000000000000000000000000001".to_owned(),
    numbers: vec![PhoneNumber::from_e164("+61491579455").unwrap()],
});

/// First line: where else to cut the signed string. The rest: the body of a POST.
pub fn check(bytes: &[u8]) {
    let (edits, body) = input::first_line(bytes);
    let form = parameters(body);
    let Ok(said) = SHAPE.read(&form) else {
        return;
    };
    let named = form.iter().find(|(name, _)| name == "CallSid");
    assert_eq!(named.map(|(_, value)| value.as_str()), Some(said.sid.as_str()));
    assert!(said.key.as_ref().is_none_or(|key| key.len() == 1));
    assert_ne!(said.code, Some(0));
    if let Some(forged) = recut(&form, edits)
        && let Ok(other) = SHAPE.read(&forged)
    {
        assert_eq!(other, said, "{forged:?}");
    }
}
