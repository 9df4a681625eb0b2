//! Telephone numbers as people write them.

use std::sync::LazyLock;

use thunderbird_domain::phone_number::{PhoneNumber, Region, TextableRegions};

use crate::input;

static REGIONS: LazyLock<[Region; 3]> =
    LazyLock::new(|| ["AU", "NZ", "US"].map(|code| Region::parse(code).unwrap()));
static TEXTABLE: LazyLock<TextableRegions> = LazyLock::new(|| TextableRegions::new(REGIONS[..2].to_vec()));

/// A number as typed.
pub fn check(bytes: &[u8]) {
    let typed = input::text(bytes);
    for region in REGIONS.iter().copied() {
        let Ok(phone) = PhoneNumber::parse(&typed, region) else {
            continue;
        };
        is_e164(phone.as_str());
        for again in REGIONS.iter().copied() {
            assert_eq!(
                PhoneNumber::parse(phone.as_str(), again),
                Ok(phone.clone()),
                "from {typed:?}"
            );
        }
        assert_eq!(PhoneNumber::from_e164(phone.as_str()), Ok(phone.clone()));
        kept(&typed, phone.as_str());
        let masked = phone.masked();
        assert_eq!(format!("{phone:?}"), format!("PhoneNumber({masked})"));
        assert!(!masked.contains(phone.as_str()));
        if TEXTABLE.check(&phone).is_ok() {
            assert!(
                ["+61", "+64"].iter().any(|code| phone.as_str().starts_with(code)),
                "{phone:?}"
            );
        }
    }
    if let Ok(phone) = PhoneNumber::from_e164(&typed) {
        assert_eq!(phone.as_str(), typed);
        is_e164(phone.as_str());
    }
}

/// `+`, 7 to 15 ASCII digits, the first not 0.
pub fn is_e164(text: &str) {
    let digits = text.strip_prefix('+').expect("a plus");
    assert!((7..=15).contains(&digits.len()), "{text}");
    assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{text}");
    assert!(!digits.starts_with('0'), "{text}");
}

/// Nothing was made up: where texts go, a number ends in the digits that were typed (some islands have numbers that are
/// dialled shorter at home), and a `+` keeps its country.
fn kept(typed: &str, e164: &str) {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if ["+61", "+64"].iter().any(|code| e164.starts_with(code)) {
        let end = digits.trim_start_matches('0');
        let tail = &end[end.len().saturating_sub(5)..];
        assert!(e164.ends_with(tail), "{e164} from {typed:?}");
    }
    if typed.trim().starts_with('+') {
        assert!(e164[1..].starts_with(&digits[..1]), "{e164} from {typed:?}");
    }
}
