//! A delivery callback: its shape, and the one reading.

use std::sync::LazyLock;

use thunderbird_adapters::twilio::{
    signature::parameters,
    status::{CallbackShape, Said},
};
use thunderbird_domain::{phone_number::PhoneNumber, time::Timestamp};

use crate::{input, recut::recut};

static SHAPE: LazyLock<CallbackShape> = LazyLock::new(|| CallbackShape {
    account_sid: "AC00000000000000000000000000000001".to_owned(),
    numbers: vec![PhoneNumber::from_e164("+61491579455").unwrap()],
    messaging_service_sid: Some("MG00000000000000000000000000000001".to_owned()),
});

/// First line: how to cut the signed string anew. The rest: the body of a POST.
pub fn check(bytes: &[u8]) {
    let (edits, body) = input::first_line(bytes);
    let form = parameters(body);
    let Ok(said) = SHAPE.read(&form, Timestamp::EPOCH) else {
        return;
    };
    if let Said::Status(callback) = &said {
        let named = form.iter().find(|(name, _)| name == "MessageSid");
        assert_eq!(
            named.map(|(_, value)| value.as_str()),
            Some(callback.sid.as_str())
        );
        assert_ne!(callback.code, Some(0));
    }
    if let Some(forged) = recut(&form, edits)
        && let Ok(other) = SHAPE.read(&forged, Timestamp::EPOCH)
    {
        assert_eq!(other, said, "{forged:?}");
    }
}
