//! The SMS channel through the real binary: signed texts in, TwiML and a fake Twilio's messages out.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod alert;
mod clock;
mod commands;
mod contacts;
mod corpus;
mod forecast;
mod forecast_faults;
mod kinds;
mod lost_callbacks;
mod misread;
mod missed;
mod moved_clock;
mod onboarding;
mod opt_out;
mod pager;
mod pager_own;
mod promise;
mod promise_limits;
mod relation;
mod transcript;
mod trip_words;
mod voice;
mod watchdog;
mod webhook;

use thunderbird_testkit::service::World;

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");

/// A world in which our service answers STOP and START itself.
async fn world() -> World {
    World::start_with(BINARY, |builder| {
        builder.env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
    })
    .await
}
