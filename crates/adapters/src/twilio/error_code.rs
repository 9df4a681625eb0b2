//! Twilio's refusals: which end a text, and which pass.

use std::time::Duration;

use thunderbird_domain::{sms::gateway::Sent, time::Timestamp};

/// Codes that are not about the text but about our account or the moment: a later attempt may succeed. Twilio asks to
/// go by the HTTP status first, so a code only refines it.
///
/// 14107 and 20429 too many requests, 20003 wrong credentials, 20005 account not active, 21611 and 30001 our queue is
/// full, 30022 carrier's rate, 63038 daily limit of the account; and a sender of ours that is set up wrongly, which the
/// operator can mend while the text or the call waits: 21210, 21212, 21603, 21606, 21659, 21660 and 21661 the number, 21701 and 21703 the
/// messaging service (<https://www.twilio.com/docs/api/errors>).
const PASSING: [u32; 17] = [
    14_107, 20_003, 20_005, 20_429, 21_210, 21_212, 21_603, 21_606, 21_611, 21_659, 21_660, 21_661, 21_701,
    21_703, 30_001, 30_022, 63_038,
];

/// What an answer other than 2xx means. Credentials and addresses that are wrong (401, 403, 404, 3xx) are the
/// operator's to mend: the text waits for that as long as it lives.
pub fn refusal(status: u16, code: Option<u32>, retry_after: Option<Duration>) -> Sent {
    if passes(status, code) {
        Sent::Temporary { code, retry_after }
    } else {
        Sent::Permanent { code }
    }
}

/// Whether a later attempt may succeed.
pub fn passes(status: u16, code: Option<u32>) -> bool {
    match (status, code) {
        (_, Some(code)) if PASSING.contains(&code) => true,
        (500..=599 | 429 | 425 | 408 | 404 | 401 | 300..=399, _) | (403, None) => true,
        _ => false,
    }
}

/// Reads `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date; `None` for anything else.
pub fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Timestamp::from_micros(date.as_microsecond()).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_text_ends_it_and_everything_else_passes() {
        for (status, code) in [
            (400, Some(21_211)),
            (400, Some(21_408)),
            (403, Some(21_408)),
            (400, Some(21_610)),
            (400, Some(21_614)),
            (400, None),
            (413, None),
        ] {
            assert_eq!(
                refusal(status, code, None),
                Sent::Permanent { code },
                "{status} {code:?}"
            );
        }
        let asked = Some(Duration::from_secs(3));
        for (status, code) in [
            (500, None),
            (502, Some(21_211)),
            (503, None),
            (429, Some(20_429)),
            (429, None),
            (401, Some(20_003)),
            (403, None),
            (404, Some(20_404)),
            (302, None),
            (408, None),
            (400, Some(21_611)),
            (400, Some(21_606)),
            (400, Some(21_703)),
        ] {
            let expected = Sent::Temporary {
                code,
                retry_after: asked,
            };
            assert_eq!(refusal(status, code, asked), expected, "{status} {code:?}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_or_nothing() {
        let now = Timestamp::from_micros(1_795_074_000_000_000);
        let seconds = |value| retry_after(value, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("3"), Some(3));
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("99999999999999999999"), Some(u64::MAX));
        assert_eq!(seconds("Thu, 19 Nov 2026 07:41:30 GMT"), Some(90));
        assert_eq!(seconds("Sun, 22 Nov 2015 08:49:37 GMT"), Some(0));
        for garbage in ["", "soon", "-1", "1.5", "3 seconds"] {
            assert_eq!(seconds(garbage), None, "{garbage}");
        }
    }
}
