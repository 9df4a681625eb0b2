//! Linking a phone through the real binary: codes that a fake Twilio receives, words that are texted with signatures.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod limits;
mod link;
mod transfer;

use serde_json::json;
use thunderbird_testkit::service::{Client, Hiker, WebAnswer, World, phones::MUM};

const KIRI: &str = "+61491570313";

/// A world in which our service answers STOP and START itself.
async fn world() -> World {
    World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder.env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
    })
    .await
}

/// The account asks for a code to a number.
async fn ask(account: &Client, phone: &str) -> WebAnswer {
    account.post("/auth/phone", json!({ "phone": phone })).await
}

/// The account types a code.
async fn confirm(account: &Client, code: &str) -> WebAnswer {
    account.post("/auth/phone/confirm", json!({ "code": code })).await
}

/// The six digits in a text.
fn digits_of(text: &str) -> String {
    let after = text.split("code ").nth(1).unwrap_or_else(|| panic!("{text}"));
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(digits.len(), 6, "{text}");
    digits
}

/// The newest of the `count` codes that a number was texted.
async fn texted_code(phone: &Hiker, count: usize) -> String {
    let codes = phone.texts_with("Thunderbird code", count).await;
    digits_of(&codes[count - 1].replace('\n', " "))
}

/// Another word than this one.
fn wrong(word: &str) -> &'static str {
    if word == "OTTER" { "CANYON" } else { "OTTER" }
}

/// Registers a hiker by text, with a contact and a position.
async fn hike(hiker: &Hiker) {
    hiker.registers("Sam").await;
    hiker.says(&format!("SAFE {MUM} Mum")).await;
    let codes = hiker.says("ROUTE").await;
    let code = codes
        .split_whitespace()
        .find(|word| word.len() >= 4 && word.chars().all(|c| c.is_ascii_uppercase()));
    let told = hiker.says(&format!("CHECKIN {}", code.unwrap())).await;
    assert!(told.contains('1'), "{told}");
}
