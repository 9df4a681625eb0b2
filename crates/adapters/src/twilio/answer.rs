//! What Twilio's answers to our requests mean. Pure: the bytes came from outside, and may be anything.

use std::time::Duration;

use serde_json::{Map, Value};
use thunderbird_domain::{
    sms::{
        gateway::{Fetched, MessageSid, Sent},
        price::{Currency, Price},
    },
    voice::{CallSid, Placed},
};

use super::{error_code, status};

/// An answer as far as it was read.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Its HTTP status.
    pub status: u16,
    /// What its `Retry-After` asks for.
    pub retry_after: Option<Duration>,
    /// Its body; `None` when that broke off or is longer than anything Twilio writes.
    pub body: Option<&'a [u8]>,
}

/// An object of Twilio's, read member by member: one that is missing or strange leaves the others readable. Twilio
/// writes numbers as strings, unknown values as null.
struct Object(Map<String, Value>);

impl Object {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A number, or a string that holds one.
    fn number(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn count(&self, name: &str) -> Option<u32> {
        self.number(name)?.parse().ok()
    }

    fn price(&self) -> Option<Price> {
        let currency = Currency::parse(self.text("price_unit")?)?;
        let charged = Price::from_decimal(&self.number("price")?, currency)?;
        Some(Price {
            micros: charged.micros.saturating_abs(),
            currency,
        })
    }
}

impl Answer<'_> {
    /// What became of a text that was handed over.
    pub fn sent(self) -> Sent {
        let object = self.object();
        if !(200..300).contains(&self.status) {
            let code = object.and_then(|refusal| refusal.count("code"));
            return error_code::refusal(self.status, code, self.retry_after);
        }
        let named = object.and_then(|message| Some((MessageSid::parse(message.text("sid")?)?, message)));
        match named {
            Some((sid, message)) => Sent::Accepted {
                sid,
                price: message.price(),
                segments: message.count("num_segments"),
            },
            None => Sent::AcceptedUnreadable,
        }
    }

    /// What became of a call that was to be placed.
    pub fn placed(self) -> Placed {
        let object = self.object();
        if (200..300).contains(&self.status) {
            let sid = object.and_then(|call| CallSid::parse(call.text("sid")?));
            return sid.map_or(Placed::AcceptedUnreadable, Placed::Accepted);
        }
        let code = object.and_then(|refusal| refusal.count("code"));
        if error_code::passes(self.status, code) {
            Placed::Temporary {
                code,
                retry_after: self.retry_after,
            }
        } else {
            Placed::Refused { code }
        }
    }

    /// What Twilio knows of a text that it was asked about.
    pub fn fetched(self) -> Fetched {
        match self.status {
            200 => {}
            404 => return Fetched::Missing,
            _ => return Fetched::Unavailable,
        }
        let known = self
            .object()
            .and_then(|message| Some((status::provider_status(message.text("status")?)?, message)));
        match known {
            Some((status, message)) => Fetched::Found {
                status,
                code: message.count("error_code").filter(|code| *code > 0),
                price: message.price(),
                segments: message.count("num_segments").filter(|segments| *segments > 0),
            },
            None => Fetched::Unavailable,
        }
    }

    fn object(self) -> Option<Object> {
        serde_json::from_slice(self.body?).ok().map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID: &str = "SM0123456789abcdef0123456789abcdef";

    fn answer(status: u16, body: &str) -> Answer<'_> {
        Answer {
            status,
            retry_after: None,
            body: Some(body.as_bytes()),
        }
    }

    #[test]
    fn a_strange_member_does_not_cost_a_text_its_name() {
        let body = format!(r#"{{"sid":"{SID}","price":true,"price_unit":[],"num_segments":{{}}}}"#);
        let expected = Sent::Accepted {
            sid: MessageSid::parse(SID).unwrap(),
            price: None,
            segments: None,
        };
        assert_eq!(answer(201, &body).sent(), expected);
        for nameless in ["", "[]", "{}", r#"{"sid":7}"#, r#"{"sid":"SM1"}"#] {
            assert_eq!(
                answer(201, nameless).sent(),
                Sent::AcceptedUnreadable,
                "{nameless}"
            );
        }
    }

    #[test]
    fn a_code_counts_whether_it_is_written_as_a_number_or_as_text() {
        for body in [r#"{"code":21610}"#, r#"{"code":"21610","status":400}"#] {
            let expected = Sent::Permanent { code: Some(21_610) };
            assert_eq!(answer(400, body).sent(), expected, "{body}");
        }
    }
}
