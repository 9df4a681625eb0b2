//! Whether a signed string, cut into names and values one way, could have been cut another way by Twilio.
//!
//! What an attacker can choose is the body of a text, and perhaps an alphanumeric name to send it from. A forgery puts
//! the real `From`, and what Twilio wrote behind it, into a value or a name. One that leaves the sender alone makes a
//! parameter of the end of somebody's body, or a verdict of a name. All of that is looked for here; what it costs is
//! in docs/security.md.

use thunderbird_domain::sms::inbound::Sender;

use super::{
    form_value::{is_sid, sender},
    signature::Parameters,
    signed_string::{Beginning, Landmark, SignedString},
};

/// The names of five or more letters that Twilio documents for inbound messages, and how their values begin.
const KNOWN: [(&str, Beginning); 26] = [
    ("AccountSid", begins_with_sid),
    ("AddOns", begins_outside_json),
    ("ApiVersion", begins_with_digit),
    ("ButtonPayload", begins_outside_json),
    ("ButtonText", begins_outside_json),
    ("FromCity", begins_outside_json),
    ("FromCountry", begins_outside_json),
    ("FromState", begins_outside_json),
    ("FromZip", begins_outside_json),
    ("MediaContentType", begins_with_digit),
    ("MediaUrl", begins_with_digit),
    ("MessageSid", begins_with_sid),
    ("MessagingServiceSid", begins_with_sid),
    ("NumMedia", begins_with_digit),
    ("NumSegments", begins_with_digit),
    ("OptOutType", begins_with_verdict),
    ("OriginalRepliedMessageSid", begins_with_sid),
    ("ProfileName", begins_outside_json),
    ("ReferralNumMedia", begins_with_digit),
    ("SmsMessageSid", begins_with_sid),
    ("SmsSid", begins_with_sid),
    ("SmsStatus", begins_outside_json),
    ("ToCity", begins_outside_json),
    ("ToCountry", begins_outside_json),
    ("ToState", begins_outside_json),
    ("ToZip", begins_outside_json),
];

/// What Twilio tells of a sender's place: all four or none, empty where it does not know.
const PLACE: [&str; 4] = ["FromCity", "FromCountry", "FromState", "FromZip"];

/// The parameters that decide what is read, but `From` and `Body`.
const LANDMARKS: [Landmark; 7] = [
    landmark("AccountSid", begins_with_sid),
    landmark("MessageSid", begins_with_sid),
    landmark("NumMedia", begins_with_digit),
    landmark("OptOutType", begins_with_verdict),
    landmark("SmsMessageSid", begins_with_sid),
    landmark("SmsSid", begins_with_sid),
    landmark("To", begins_with_plus),
];

const fn landmark(name: &'static str, begins: Beginning) -> Landmark {
    Landmark { name, begins }
}

/// Whether no other text could have had this signature.
pub(super) fn is_the_only_one(form: &Parameters, from: &Sender) -> bool {
    let signed = SignedString::of(form);
    !signed.comes_early("Body")
        && signed.between("Body", "From").all(is_of_twilio)
        && !signed.is_ambiguous(&LANDMARKS, Some("Body"))
        && has_one_sender(form, from)
}

/// Whether a name is made as Twilio makes them: of two words or more, the first of four letters (`ChannelMetadata`,
/// `ErrorCode`). Hikers do not write so, and few of their names are so (`DeVries`): such a parameter is not the end of
/// a body, even when nobody has heard of it yet. `Forwarded` is the one of a single word that Twilio documents.
fn is_of_twilio(name: &str) -> bool {
    let mut words: Vec<usize> = Vec::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            words.push(0);
        }
        if let Some(length) = words.last_mut() {
            *length += 1;
        }
    }
    let begins_long = words.first().is_some_and(|length| *length >= 4);
    name == "Forwarded" || (words.len() > 1 && begins_long && words.iter().all(|length| *length >= 2))
}

fn has_one_sender(form: &Parameters, from: &Sender) -> bool {
    let is_there = |name: &&str| form.iter().any(|(known, _)| known == *name);
    let places = PLACE.iter().filter(|name| is_there(name)).count();
    if matches!(from, Sender::Name(_)) && places > 0 && places < PLACE.len() {
        return false;
    }
    let is_placed = |name: &str| places == PLACE.len() && ("FromCity".."FromState").contains(&name);
    let mut others = form.iter().filter(|(name, _)| name != "Body");
    !others.any(|(name, value)| swallows(name, value) || (holds_a_name(name, value) && !is_placed(name)))
}

/// Whether a parameter could have swallowed others of the signed string. A name that Twilio does not document may have
/// swallowed them itself, in part or whole.
pub(super) fn swallows(name: &str, value: &str) -> bool {
    let own = own_length(name);
    // Most values cannot hold a name, and this runs before every text.
    if own == name.len() && !may_hold_a_name(value) {
        return false;
    }
    let whole = format!("{name}{value}");
    let after = |needle: &'static str| {
        let found = whole.match_indices(needle).filter(move |(at, _)| *at >= own);
        found.filter_map(|(at, found)| Some((at, whole.get(at + found.len()..)?)))
    };
    let begins_a_number = |rest: &str| rest.starts_with(|first: char| first == '+' || first.is_ascii_digit());
    after("From").any(|(_, rest)| begins_a_number(rest))
        || value.contains("To+")
        || (name < "Body" && value.contains("Body"))
        || KNOWN
            .iter()
            .any(|(known, begins)| after(known).any(|(at, rest)| begins(rest) && !extends(at, known)))
}

/// A name that Twilio may come to use (`SmsStatusReason`) may begin with one of today's, but not with a place's: it
/// would stand where the place of a swallowed text stood.
fn extends(at: usize, known: &str) -> bool {
    at == 0 && !PLACE.contains(&known)
}

/// Whether a parameter could have swallowed the `From` of a text that an alphanumeric name sent: up to its end there is
/// nothing but such a name. What Twilio wrote next then follows as a parameter of its own. `MessageSid` always comes
/// and cannot be swallowed, so only parameters between `From` and `MessageSid` are suspect; and of these, beside all of
/// [`PLACE`], none from `FromCity` up to `FromState` is: the text from the name would have two or three of the four.
/// (Frome is a town.)
fn holds_a_name(name: &str, value: &str) -> bool {
    if !("From".."MessageSid").contains(&name) {
        return false;
    }
    let whole = format!("{name}{value}");
    let could_be_sender = |at: usize| whole.get(at..).is_some_and(|rest| sender(rest).is_some());
    whole
        .match_indices("From")
        .filter(|(at, _)| *at >= own_length(name))
        .any(|(at, found)| could_be_sender(at + found.len()))
}

/// Every name that is looked for begins with a capital and a small letter.
fn may_hold_a_name(value: &str) -> bool {
    let begins_one = |pair: &[u8]| matches!(pair, [b'A'..=b'Z', b'a'..=b'z']);
    value.as_bytes().windows(2).any(begins_one)
}

/// How much of a parameter swallows nothing: the name, if it is one that Twilio documents.
fn own_length(name: &str) -> usize {
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let is_documented = ["From", "To"].contains(&name) || KNOWN.iter().any(|(known, _)| *known == stem);
    if is_documented { name.len() } else { 0 }
}

/// `ChannelMetadata` and `AddOns` are JSON, with members of the same names.
fn begins_outside_json(rest: &str) -> bool {
    !rest.starts_with("\":")
}

fn begins_with_plus(rest: &str) -> bool {
    rest.starts_with('+')
}

fn begins_with_sid(rest: &str) -> bool {
    rest.split_at_checked(34).is_some_and(|(sid, _)| is_sid(sid))
}

fn begins_with_digit(rest: &str) -> bool {
    rest.starts_with(|first: char| first.is_ascii_digit())
}

fn begins_with_verdict(rest: &str) -> bool {
    ["STOP", "START", "HELP"]
        .iter()
        .any(|word| rest.starts_with(word))
}
