//! Twilio's requests about a call: what to say, which key was pressed, and how far the call has come
//! (<https://www.twilio.com/docs/voice/twiml#request-parameters>). All of them have the same parameters.

use thunderbird_domain::{
    phone_number::PhoneNumber,
    voice::{CallSid, CallStatus},
};

use super::signed_string::{Landmark, SignedString};

/// Longest value, in bytes.
const MAX_VALUE: usize = 1_024;

/// Whose calls are ours.
#[derive(Debug, Clone, Default)]
pub struct CallShape {
    /// The sid of our account.
    pub account_sid: String,
    /// The numbers that our calls show.
    pub numbers: Vec<PhoneNumber>,
}

/// A request that is not formed as Twilio forms those about our calls. Says which rule, never a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CallShapeError(&'static str);

/// What a well-formed request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallForm {
    /// Twilio's name for the call.
    pub sid: CallSid,
    /// The number that was called.
    pub to: PhoneNumber,
    /// How far it has come; `None` for a status that this version does not know.
    pub status: Option<CallStatus>,
    /// The key that was pressed.
    pub key: Option<String>,
    /// Twilio's error code.
    pub code: Option<u32>,
}

/// What Twilio's word for a call's status means.
pub fn call_status(word: &str) -> Option<CallStatus> {
    match word {
        "queued" | "initiated" => Some(CallStatus::Initiated),
        "ringing" => Some(CallStatus::Ringing),
        "in-progress" | "answered" => Some(CallStatus::Answered),
        "completed" => Some(CallStatus::Completed),
        "busy" => Some(CallStatus::Busy),
        "no-answer" => Some(CallStatus::NoAnswer),
        "canceled" => Some(CallStatus::Canceled),
        "failed" => Some(CallStatus::Failed),
        _ => None,
    }
}

impl CallShape {
    /// Reads a form whose signature was checked. One captured signature can be split into other names and values that
    /// verify too, so only the one reading that Twilio can have meant is taken.
    ///
    /// # Errors
    ///
    /// [`CallShapeError`] with the rule that is broken.
    pub fn read(&self, form: &[(String, String)]) -> Result<CallForm, CallShapeError> {
        check_form(form)?;
        if SignedString::of(form).is_ambiguous(&LANDMARKS, None) {
            return Err(CallShapeError("a name or a value holds another parameter"));
        }
        let value = |name: &str| {
            form.iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        if value("AccountSid") != Some(&self.account_sid) {
            return Err(CallShapeError("AccountSid is not ours"));
        }
        if !value("From").is_some_and(|from| self.numbers.iter().any(|number| number.as_str() == from)) {
            return Err(CallShapeError("From is not ours"));
        }
        let to = value("To").and_then(|to| PhoneNumber::from_e164(to).ok());
        let sid = value("CallSid").and_then(CallSid::parse);
        let word = value("CallStatus").filter(|word| is_word(word));
        let key = value("Digits").filter(|digits| !digits.is_empty());
        if key.is_some_and(|key| key.len() > 1) {
            return Err(CallShapeError("Digits is more than one key"));
        }
        let code = value("ErrorCode").and_then(|digits| digits.parse().ok());
        Ok(CallForm {
            sid: sid.ok_or(CallShapeError("CallSid is no sid"))?,
            to: to.ok_or(CallShapeError("To is no number"))?,
            status: call_status(word.ok_or(CallShapeError("CallStatus is no word"))?),
            key: key.map(str::to_owned),
            code: code.filter(|code| *code > 0),
        })
    }
}

/// What decides a request: nothing of it may be hidden in a longer name, nor cut out of one.
const LANDMARKS: [Landmark; 5] = [
    Landmark {
        name: "CallSid",
        begins: |rest| {
            rest.split_at_checked(34)
                .is_some_and(|(sid, _)| CallSid::parse(sid).is_some())
        },
    },
    Landmark {
        name: "CallStatus",
        begins: |rest| rest.starts_with(|first: char| first.is_ascii_lowercase()),
    },
    Landmark {
        name: "Digits",
        begins: |rest| rest.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '*' | '#')),
    },
    Landmark {
        name: "ErrorCode",
        begins: |rest| rest.starts_with(|first: char| first.is_ascii_digit()),
    },
    Landmark {
        name: "To",
        begins: |rest| rest.starts_with('+'),
    },
];

fn is_word(word: &str) -> bool {
    (1..=32).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Twilio writes one of the names, `msg`, in small letters.
fn check_form(form: &[(String, String)]) -> Result<(), CallShapeError> {
    for (place, (name, value)) in form.iter().enumerate() {
        let formed = (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !formed {
            return Err(CallShapeError("a parameter's name is not one of Twilio's"));
        }
        if form.iter().take(place).any(|(earlier, _)| earlier == name) {
            return Err(CallShapeError("a parameter comes twice"));
        }
        if value.len() > MAX_VALUE {
            return Err(CallShapeError("a value is too long"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID: &str = "CA0123456789abcdef0123456789abcdef";

    fn shape() -> CallShape {
        CallShape {
            account_sid: "AC00000000000000000000000000000001".to_owned(),
            numbers: vec![PhoneNumber::from_e164("+61491570156").unwrap()],
        }
    }

    /// A request as Twilio's page shows it, `changes` put in place or added; `None` removes.
    fn form(changes: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
        let mut form = vec![
            ("AccountSid", "AC00000000000000000000000000000001"),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", SID),
            ("CallStatus", "in-progress"),
            ("Called", "+61491570110"),
            ("CalledCity", "HOBART"),
            ("Caller", "+61491570156"),
            ("Direction", "outbound-api"),
            ("From", "+61491570156"),
            ("To", "+61491570110"),
            ("ToCity", "HOBART"),
        ];
        for (name, value) in changes {
            form.retain(|(known, _)| known != name);
            form.extend(value.map(|value| (*name, value)));
        }
        form.into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn twilios_words_are_read() {
        let read = |changes: &[(&str, Option<&str>)]| shape().read(&form(changes)).unwrap();
        let picked_up = read(&[]);
        assert_eq!(
            (picked_up.status, picked_up.key),
            (Some(CallStatus::Answered), None)
        );
        let pressed = read(&[
            ("Digits", Some("1")),
            ("msg", Some("Gather End")),
            ("FinishedOnKey", Some("")),
        ]);
        assert_eq!(pressed.key.as_deref(), Some("1"));
        for (word, status) in [
            ("queued", Some(CallStatus::Initiated)),
            ("no-answer", Some(CallStatus::NoAnswer)),
            ("busy", Some(CallStatus::Busy)),
            ("teleported", None),
        ] {
            assert_eq!(read(&[("CallStatus", Some(word))]).status, status, "{word}");
        }
    }

    #[test]
    fn what_is_not_ours_or_has_two_readings_is_refused() {
        for (change, why) in [
            (
                ("AccountSid", Some("AC00000000000000000000000000000002")),
                "AccountSid is not ours",
            ),
            (("From", Some("+61491570999")), "From is not ours"),
            (("From", None), "From is not ours"),
            (("To", Some("mum")), "To is no number"),
            (
                ("CallSid", Some("SM0123456789abcdef0123456789abcdef")),
                "CallSid is no sid",
            ),
            (("CallStatus", None), "CallStatus is no word"),
            (("Digits", Some("19")), "Digits is more than one key"),
            (
                ("CallerCity", Some("XDigits1")),
                "a name or a value holds another parameter",
            ),
            (
                ("ToCity", Some("XTo+61491570111")),
                "a name or a value holds another parameter",
            ),
            (("a b", Some("")), "a parameter's name is not one of Twilio's"),
        ] {
            assert_eq!(
                shape().read(&form(&[change])),
                Err(CallShapeError(why)),
                "{change:?}"
            );
        }
        let mut twice = form(&[]);
        twice.push(("To".to_owned(), "+61491570111".to_owned()));
        assert_eq!(
            shape().read(&twice),
            Err(CallShapeError("a parameter comes twice"))
        );
    }
}
