//! In-memory adapters, contract suites, doubles and builders for the tests.

pub mod fake_twilio;
