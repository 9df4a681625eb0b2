//! The forms of single values in an inbound webhook.

use thunderbird_domain::{phone_number::PhoneNumber, sms::inbound::Sender};

/// A number in E.164, a short code, or an alphanumeric name of at most eleven characters. A name that
/// would turn `From` into another parameter's name (`From` + `City…`) is refused.
pub(super) fn sender(raw: &str) -> Option<Sender> {
    if let Ok(phone) = PhoneNumber::from_e164(raw) {
        return Some(Sender::Number(phone));
    }
    let is_name = (1..=11).contains(&raw.len())
        && raw.starts_with(|first: char| first.is_ascii_alphanumeric())
        && raw.chars().all(is_of_a_name)
        && !["City", "Country", "State", "Zip"]
            .iter()
            .any(|other| raw.starts_with(other));
    is_name.then(|| Sender::Name(raw.to_owned()))
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | ' ' | '-' | '_' | '.' | '&')
}

/// Whether a value has the form of a sid: two capital letters and 32 hexadecimal digits ("What is a String Identifier
/// (SID)?", Twilio).
pub(super) fn is_sid(raw: &str) -> bool {
    raw.split_at_checked(2).is_some_and(|(kind, digits)| {
        kind.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.len() == 32
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}
