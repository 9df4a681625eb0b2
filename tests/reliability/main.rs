//! What the service promises under every fault that can be made here: killed, starved, slowed down and lied to.
//!
//! `cargo test` tries a little of everything; `cargo xtask reliability` tries all of it and prints the figures of
//! `docs/reliability.md`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and prints its figures"
)]

mod attempts;
mod connections;
mod copies;
mod dice;
mod doubted;
mod effort;
mod forecast_speed;
mod forecasts;
mod kills;
mod ledger;
mod mails;
mod oracle;
mod outgoing;
mod promises;
mod promises_on_a_full_disk;
mod restored;
mod trace;
mod unwritable;
mod workload;
