//! The SMS channel through the real binary: signed texts in, TwiML and a fake Twilio's messages out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod commands;
mod onboarding;
mod opt_out;
mod webhook;

use thunderbird_testkit::{
    fake_twilio::FakeTwilio,
    service::{Service, TextAnswer},
};

const SAM: &str = "+61491570006";
const MUM: &str = "+61491570110";
const DAD: &str = "+61491570313";

async fn service() -> (Service, FakeTwilio) {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
        .twilio(&twilio)
        .start()
        .await;
    (service, twilio)
}

/// Registers a hiker as Sam on the Overland Track.
async fn register(service: &Service, phone: &str) {
    service.text(phone, "START").await;
    service.text(phone, "Sam").await;
    let confirmed = said(service, phone, "1").await;
    assert!(confirmed.contains("You are registered: Sam"), "{confirmed}");
}

/// What a text is answered, lines joined as a reader would.
async fn said(service: &Service, phone: &str, body: &str) -> String {
    joined(&service.text(phone, body).await)
}

fn joined(answer: &TextAnswer) -> String {
    answer.message().replace('\n', " ")
}
