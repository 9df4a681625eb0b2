//! Twilio's delivery callbacks: their words and their shape
//! (<https://www.twilio.com/docs/messaging/guides/track-outbound-message-status>).

use thunderbird_domain::{
    phone_number::PhoneNumber,
    sms::{
        gateway::{MessageSid, ProviderStatus},
        outbox::Callback,
    },
    time::Timestamp,
};

use super::signed_string::{Landmark, SignedString};

/// Longest value of a callback, in bytes.
const MAX_VALUE: usize = 1_024;

/// Whose callbacks are ours.
#[derive(Debug, Clone)]
pub struct CallbackShape {
    /// Our account.
    pub account_sid: String,
    /// Our numbers.
    pub numbers: Vec<PhoneNumber>,
    /// Our messaging service, when there is one.
    pub messaging_service_sid: Option<String>,
}

/// A callback that is not formed as Twilio forms ours. Says which rule, never a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ShapeError(&'static str);

/// What a well-formed callback says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// How far a text has come.
    Status(Callback),
    /// A status that this version does not know: nothing to do.
    UnknownStatus,
}

/// What Twilio's word for a message's status means.
pub fn provider_status(word: &str) -> Option<ProviderStatus> {
    match word {
        "accepted" | "scheduled" | "queued" | "sending" => Some(ProviderStatus::Accepted),
        "sent" | "partially_delivered" => Some(ProviderStatus::Sent),
        "failed" | "canceled" => Some(ProviderStatus::Failed),
        "undelivered" => Some(ProviderStatus::Undelivered),
        "delivered" | "read" => Some(ProviderStatus::Delivered),
        _ => None,
    }
}

impl CallbackShape {
    /// Reads a form whose signature was checked. One captured signature can be re-split into other names and values
    /// that verify too, so only the one reading that Twilio can have meant is taken.
    ///
    /// # Errors
    ///
    /// [`ShapeError`] with the rule that is broken.
    pub fn read(&self, form: &[(String, String)], at: Timestamp) -> Result<Said, ShapeError> {
        check_names(form)?;
        check_values(form)?;
        if SignedString::of(form).is_ambiguous(&LANDMARKS, None) {
            return Err(ShapeError("a name or a value holds another parameter"));
        }
        let value = |name: &str| {
            form.iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        if value("AccountSid") != Some(&self.account_sid) {
            return Err(ShapeError("AccountSid is not ours"));
        }
        let from_us =
            value("From").is_some_and(|from| self.numbers.iter().any(|number| number.as_str() == from));
        let service = value("MessagingServiceSid").filter(|sid| !sid.is_empty());
        let by_service = service.is_some() && service == self.messaging_service_sid.as_deref();
        if !from_us && !by_service {
            return Err(ShapeError("neither From nor MessagingServiceSid is ours"));
        }
        if value("To").is_none_or(|to| PhoneNumber::from_e164(to).is_err()) {
            return Err(ShapeError("To is no number"));
        }
        let sid = value("MessageSid")
            .and_then(MessageSid::parse)
            .ok_or(ShapeError("MessageSid is no sid"))?;
        if value("SmsSid").is_some_and(|other| other != sid.as_str()) {
            return Err(ShapeError("SmsSid is another sid"));
        }
        let word = value("MessageStatus")
            .filter(|word| is_word(word))
            .ok_or(ShapeError("MessageStatus is no word"))?;
        if value("SmsStatus").is_some_and(|other| other != word) {
            return Err(ShapeError("SmsStatus is another status"));
        }
        let code = match value("ErrorCode").filter(|digits| !digits.is_empty()) {
            Some(digits) => Some(number(digits).ok_or(ShapeError("ErrorCode is no number"))?),
            None => None,
        };
        let code = code.filter(|code| *code > 0);
        Ok(provider_status(word).map_or(Said::UnknownStatus, |status| {
            Said::Status(Callback {
                sid,
                status,
                code,
                at,
            })
        }))
    }
}

/// What decides a callback: nothing of it may be hidden in a longer name, nor cut out of one.
const LANDMARKS: [Landmark; 3] = [
    Landmark {
        name: "ErrorCode",
        begins: |rest| rest.starts_with(|first: char| first.is_ascii_digit()),
    },
    Landmark {
        name: "MessageSid",
        begins: |rest| {
            rest.split_at_checked(34)
                .is_some_and(|(sid, _)| MessageSid::parse(sid).is_some())
        },
    },
    Landmark {
        name: "MessageStatus",
        begins: |rest| rest.starts_with(|first: char| first.is_ascii_lowercase() || first == '_'),
    },
];

fn number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn is_word(word: &str) -> bool {
    (1..=32).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn check_names(form: &[(String, String)]) -> Result<(), ShapeError> {
    for (place, (name, _)) in form.iter().enumerate() {
        let formed = name.len() <= 64
            && name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !formed {
            return Err(ShapeError("a parameter's name is not one of Twilio's"));
        }
        if form.iter().take(place).any(|(earlier, _)| earlier == name) {
            return Err(ShapeError("a parameter comes twice"));
        }
    }
    Ok(())
}

/// No value may hold what would read as another parameter if the signed text were split elsewhere.
fn check_values(form: &[(String, String)]) -> Result<(), ShapeError> {
    const SWALLOWED: [&str; 8] = [
        "AccountSid",
        "MessageSid",
        "MessageStatus",
        "MessagingServiceSid",
        "ErrorCode",
        "SmsSid",
        "SmsStatus",
        "ApiVersion",
    ];
    for (_, value) in form {
        if value.len() > MAX_VALUE {
            return Err(ShapeError("a value is too long"));
        }
        if SWALLOWED.iter().any(|name| value.contains(name))
            || value.contains("To+")
            || value.contains("From+")
        {
            return Err(ShapeError("a value holds another parameter"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID: &str = "SM0123456789abcdef0123456789abcdef";

    fn shape() -> CallbackShape {
        CallbackShape {
            account_sid: "AC00000000000000000000000000000001".to_owned(),
            numbers: vec![PhoneNumber::from_e164("+61491570156").unwrap()],
            messaging_service_sid: Some("MG00000000000000000000000000000001".to_owned()),
        }
    }

    /// A callback as Twilio's page shows it, `changes` put in place or added; an empty name removes.
    fn form(changes: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
        let mut form = vec![
            ("AccountSid", "AC00000000000000000000000000000001"),
            ("ApiVersion", "2010-04-01"),
            ("From", "+61491570156"),
            ("MessageSid", SID),
            ("MessageStatus", "delivered"),
            ("RawDlrDoneDate", "2611190740"),
            ("SmsSid", SID),
            ("SmsStatus", "delivered"),
            ("To", "+61491570006"),
        ];
        for (name, value) in changes {
            form.retain(|(known, _)| known != name);
            if let Some(value) = value {
                form.push((name, value));
            }
        }
        form.into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn read(changes: &[(&str, Option<&str>)]) -> Result<Said, ShapeError> {
        shape().read(&form(changes), Timestamp::EPOCH)
    }

    fn callback(status: ProviderStatus, code: Option<u32>) -> Said {
        let sid = MessageSid::parse(SID).unwrap();
        Said::Status(Callback {
            sid,
            status,
            code,
            at: Timestamp::EPOCH,
        })
    }

    #[test]
    fn twilios_callbacks_are_read() {
        assert_eq!(read(&[]), Ok(callback(ProviderStatus::Delivered, None)));
        let failed = [
            ("MessageStatus", Some("undelivered")),
            ("SmsStatus", None),
            ("ErrorCode", Some("30003")),
        ];
        assert_eq!(
            read(&failed),
            Ok(callback(ProviderStatus::Undelivered, Some(30_003)))
        );
        let service = [
            ("From", None),
            ("MessagingServiceSid", Some("MG00000000000000000000000000000001")),
        ];
        assert_eq!(read(&service), Ok(callback(ProviderStatus::Delivered, None)));
        assert_eq!(
            read(&[("ErrorCode", Some(""))]),
            Ok(callback(ProviderStatus::Delivered, None))
        );
        let unheard = [("MessageStatus", Some("teleported")), ("SmsStatus", None)];
        assert_eq!(read(&unheard), Ok(Said::UnknownStatus));
    }

    #[test]
    fn everything_else_is_refused() {
        for changes in [
            [("AccountSid", Some("AC00000000000000000000000000000002"))],
            [("AccountSid", None)],
            [("From", Some("+61491570157"))],
            [("From", None)],
            [("To", Some("hiker"))],
            [("To", None)],
            [("MessageSid", Some("SM12"))],
            [("MessageSid", None)],
            [("SmsSid", Some("SM00000000000000000000000000000000"))],
            [("SmsStatus", Some("sent"))],
            [("MessageStatus", None)],
            [("MessageStatus", Some("Delivered!"))],
            [("ErrorCode", Some("none"))],
            [("ErrorCode", Some("+30003"))],
            [("ErrorCode30003", Some(""))],
            [("Errand", Some("ErrorCode30003"))],
            [("MessageStatusfailed", Some(""))],
            [("error", Some("lower case name"))],
            [("Ga", Some("+61491570006To+61491570007"))],
            [("ChannelToAddress", Some("xMessageStatusdelivered"))],
        ] {
            assert!(read(&changes).is_err(), "{changes:?}");
        }
        let mut twice = form(&[]);
        twice.push(("To".to_owned(), "+61491570007".to_owned()));
        assert!(shape().read(&twice, Timestamp::EPOCH).is_err());
        let long = "x".repeat(1_025);
        assert!(read(&[("ChannelStatusMessage", Some(&long))]).is_err());
    }
}
