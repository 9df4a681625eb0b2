//! What Twilio answers us.

use std::{sync::LazyLock, time::Duration};

use serde_json::Value;
use thunderbird_adapters::twilio::{answer::Answer, error_code::retry_after};
use thunderbird_domain::{
    sms::gateway::{Fetched, MessageSid, Sent},
    time::Timestamp,
};

use crate::input;

static NOW: LazyLock<Timestamp> = LazyLock::new(|| Timestamp::from_micros(1_795_074_000_000_000));

/// First line: the HTTP status. Second: `Retry-After`. The rest: the body.
pub fn check(bytes: &[u8]) {
    let (status, rest) = input::first_line(bytes);
    let (header, body) = input::first_line(rest);
    let status: u16 = input::text(status).trim().parse().unwrap_or(201);
    let wait = waits(&input::text(header));
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    let answer = Answer {
        status,
        retry_after: wait,
        body: Some(body),
    };
    sent(answer, &document);
    fetched(answer);
    let cut = Answer { body: None, ..answer };
    assert_ne!(cut.sent(), Sent::Ambiguous, "an answer came");
    assert!(matches!(cut.fetched(), Fetched::Missing | Fetched::Unavailable));
}

fn waits(header: &str) -> Option<Duration> {
    let wait = retry_after(header, *NOW);
    let digits = header.trim();
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = digits.parse().unwrap_or(u64::MAX);
        assert_eq!(wait, Some(Duration::from_secs(seconds)), "{header:?}");
    }
    wait
}

fn sent(answer: Answer<'_>, document: &Value) {
    let named = document["sid"].as_str().and_then(MessageSid::parse);
    match answer.sent() {
        Sent::Accepted { sid, price, .. } => {
            assert!((200..300).contains(&answer.status));
            assert_eq!(Some(sid), named);
            assert!(price.is_none_or(|price| price.micros >= 0));
        }
        Sent::AcceptedUnreadable => {
            assert!((200..300).contains(&answer.status));
            assert_eq!(named, None, "a name was lost");
        }
        Sent::Temporary { code, retry_after } => {
            assert!(!(200..300).contains(&answer.status));
            assert_eq!(retry_after, answer.retry_after);
            coded(code, document);
        }
        Sent::Permanent { code } => {
            let mends_itself = matches!(answer.status, 200..=399 | 429 | 500..=599);
            assert!(!mends_itself, "given up at {}", answer.status);
            coded(code, document);
        }
        Sent::Ambiguous => panic!("an answer came"),
    }
}

/// Twilio's code is kept, whatever else the answer holds.
fn coded(code: Option<u32>, document: &Value) {
    if let Some(written) = document["code"]
        .as_u64()
        .and_then(|code| u32::try_from(code).ok())
    {
        assert_eq!(code, Some(written));
    }
}

fn fetched(answer: Answer<'_>) {
    match answer.fetched() {
        Fetched::Found {
            code,
            price,
            segments,
            ..
        } => {
            assert_eq!(answer.status, 200);
            assert!(code != Some(0) && segments != Some(0));
            assert!(price.is_none_or(|price| price.micros >= 0));
        }
        Fetched::Missing => assert_eq!(answer.status, 404),
        Fetched::Unavailable => assert_ne!(answer.status, 404),
    }
}
