//! One page of Twilio's list of messages. Pure: the bytes came from outside, and may be anything.

use serde_json::{Map, Value};
use thunderbird_domain::{
    phone_number::PhoneNumber,
    sms::{
        inbound::{InboundMessage, MessageSid, TokenFingerprint},
        received_texts::ReceivedText,
    },
    time::Timestamp,
};

use super::{date::instant, form_value::sender, webhook::storable};

/// A page as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The texts to the number.
    pub texts: Vec<ReceivedText>,
    /// Entries that say that they are texts to us, and could not be read.
    pub unreadable: usize,
    /// When the newest message of the page was sent.
    pub newest: Option<Timestamp>,
    /// Where the next page is, as Twilio writes it; `None` for the last.
    pub next: Option<String>,
}

/// Reads a page about one number of ours; `None` if it is no page.
pub(super) fn page(body: &[u8], number: &PhoneNumber, signed_by: TokenFingerprint) -> Option<Page> {
    let whole: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let messages = whole.get("messages")?.as_array()?;
    let next = match whole.get("next_page_uri") {
        None | Some(Value::Null) => None,
        Some(uri) => Some(uri.as_str()?.to_owned()),
    };
    let mut page = Page {
        next: next.filter(|uri| !uri.is_empty()),
        ..Page::default()
    };
    for message in messages {
        let dated = dated(message);
        page.newest = page.newest.max(dated);
        if message.get("direction").and_then(Value::as_str) != Some("inbound") || is_arriving(message) {
            continue;
        }
        match dated.and_then(|texted_at| text(message, texted_at, (number, signed_by))) {
            Some(text) => page.texts.push(text),
            None => page.unreadable = page.unreadable.saturating_add(1),
        }
    }
    Some(page)
}

/// When Twilio received a message.
fn dated(message: &Value) -> Option<Timestamp> {
    let date = |name| message.get(name).and_then(Value::as_str).and_then(instant);
    date("date_sent").or_else(|| date("date_created"))
}

/// A text that Twilio has not received whole. The next reading finds it.
fn is_arriving(message: &Value) -> bool {
    message.get("status").and_then(Value::as_str) == Some("receiving")
}

fn text(
    message: &Value,
    texted_at: Timestamp,
    (number, signed_by): (&PhoneNumber, TokenFingerprint),
) -> Option<ReceivedText> {
    let value = |name| message.get(name).and_then(Value::as_str);
    let media = match message.get("num_media")? {
        Value::String(count) => count.parse().ok()?,
        Value::Number(count) => count.as_u64().and_then(|count| u32::try_from(count).ok())?,
        _ => return None,
    };
    let to = PhoneNumber::from_e164(value("to")?).ok()?;
    if to != *number {
        return None;
    }
    Some(ReceivedText {
        message: InboundMessage {
            sid: MessageSid::parse(value("sid")?)?,
            from: sender(value("from")?)?,
            to,
            body: storable(value("body")?),
            media,
            verdict: None,
            signed_by,
        },
        texted_at,
    })
}

#[cfg(test)]
mod tests {
    use thunderbird_domain::sms::inbound::Sender;

    use super::*;

    fn ours() -> PhoneNumber {
        PhoneNumber::from_e164("+61491570156").unwrap()
    }

    fn read(body: &str) -> Option<Page> {
        page(body.as_bytes(), &ours(), TokenFingerprint::of("token"))
    }

    fn message(change: &str) -> String {
        let mut message: Map<String, Value> = serde_json::from_str(
            r#"{"sid":"SM0123456789abcdef0123456789abcdef","from":"+61491570006","to":"+61491570156","body":"BACK",
            "direction":"inbound","status":"received","num_media":"0","date_sent":"Sun, 22 Nov 2026 08:49:37 +0000"}"#,
        )
        .unwrap();
        message.extend(serde_json::from_str::<Map<String, Value>>(change).unwrap());
        Value::Object(message).to_string()
    }

    #[test]
    fn a_text_is_read_as_its_webhook_would_bring_it() {
        let page = read(&format!(
            r#"{{"messages":[{}],"next_page_uri":null}}"#,
            message("{}")
        ))
        .unwrap();
        let [text] = page.texts.as_slice() else {
            panic!("{page:?}")
        };
        assert_eq!(text.texted_at.to_string(), "2026-11-22T08:49:37Z");
        assert_eq!(text.message.body, "BACK");
        assert_eq!(
            text.message.from,
            Sender::Number(PhoneNumber::from_e164("+61491570006").unwrap())
        );
        assert_eq!((page.next, page.unreadable), (None, 0));
    }

    #[test]
    fn what_is_no_text_to_us_is_left_out_and_what_is_strange_is_counted() {
        for (change, unreadable) in [
            (r#"{"direction":"outbound-api"}"#, 0),
            (r#"{"direction":7}"#, 0),
            (r#"{"status":"receiving"}"#, 0),
            (r#"{"to":"+61491570157"}"#, 1),
            (r#"{"body":null}"#, 1),
            (r#"{"sid":"SM1"}"#, 1),
            (r#"{"from":""}"#, 1),
            (r#"{"num_media":[]}"#, 1),
            (r#"{"date_sent":"soon"}"#, 1),
        ] {
            let page = read(&format!(r#"{{"messages":[{}]}}"#, message(change))).unwrap();
            assert_eq!((page.texts.len(), page.unreadable), (0, unreadable), "{change}");
        }
        for no_page in [
            "",
            "[]",
            "{}",
            r#"{"messages":{}}"#,
            r#"{"messages":[],"next_page_uri":7}"#,
        ] {
            assert!(read(no_page).is_none(), "{no_page}");
        }
    }
}
