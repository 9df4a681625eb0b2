//! Small things that clients hand over: codes, words, opaque tokens, keys, what a browser calls itself.

use thunderbird_adapters::crypto::hash_cost::HashCost;
use thunderbird_domain::{
    account::{OpaqueToken, UserAgent},
    idempotency::IdempotencyKey,
    phone::{Code, LinkWords, Word},
    sms::price::Price,
};

use crate::input;

/// Any one of them, as presented.
pub fn check(bytes: &[u8]) {
    let raw = input::text(bytes);
    if let Some(code) = Code::parse(&raw) {
        let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(code.expose(), digits);
        assert_eq!(digits.len(), 6);
        assert!(
            raw.chars()
                .all(|letter| letter.is_ascii_digit() || " -".contains(letter))
        );
    }
    if let Some(word) = Word::parse(&raw) {
        assert_eq!(word.expose(), raw.to_ascii_lowercase());
        assert_eq!(Word::parse(word.expose()), Some(word));
    }
    link_words(&raw);
    let hexadecimal = raw.len() == 64 && raw.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
    let token = OpaqueToken::parse(&raw);
    assert_eq!(token.is_some(), hexadecimal, "{raw:?}");
    if let Some(token) = token {
        assert_eq!(token.reveal().expose().as_str(), raw);
    }
    if let Some(key) = IdempotencyKey::parse(&raw) {
        assert_eq!(key.as_str(), raw);
        assert!((1..=64).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    if let Some(agent) = UserAgent::parse(&raw) {
        let shown = agent.as_str();
        assert!((1..=200).contains(&shown.len()) && shown.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    }
    if let Ok(cost) = raw.parse::<HashCost>() {
        assert!(cost.memory >= HashCost::FLOOR.memory && cost.memory <= HashCost::CEILING.memory);
        assert!(cost.passes >= HashCost::FLOOR.passes && cost.passes <= HashCost::CEILING.passes);
        assert!(cost.lanes >= 1 && cost.lanes <= HashCost::CEILING.lanes);
    }
    if let Some(price) = Price::parse(&raw) {
        assert!(price.micros >= 0, "{raw:?}");
    }
}

/// Three words in any order are the same three words, and what we show is read back.
fn link_words(raw: &str) {
    let mut words: Vec<String> = raw.split_whitespace().map(str::to_owned).collect();
    if let Some(read) = LinkWords::parse(&words) {
        words.reverse();
        assert_eq!(LinkWords::parse(&words), Some(read));
        let shown = read.text();
        let again: Vec<String> = shown.expose().split(' ').skip(1).map(str::to_owned).collect();
        assert_eq!(LinkWords::parse(&again), Some(read));
    }
}
