//! What every parser of outside bytes promises, one module a parser.
//!
//! A module's `check` takes any bytes and panics when the promise is broken. The fuzz targets in `fuzz/` call it with
//! what libFuzzer makes up; `tests/replay.rs` calls it with every seed, and with everything that was ever found.
//!
//! Test code: it may panic, and says what went wrong when it does.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a broken promise is a panic"
)]

pub mod access_token;
pub mod call_webhook;
pub mod command;
pub mod configuration;
pub mod coordinates;
pub mod credentials;
pub mod csv;
pub mod cursor;
pub mod decision;
pub mod email;
pub mod forecast_answer;
pub mod form;
pub mod forwarded_for;
mod input;
pub mod json;
pub mod key_ring;
pub mod legacy_file;
pub mod legacy_row;
pub mod names;
pub mod password;
pub mod phone_number;
mod recut;
pub mod route_file;
pub mod segments;
pub mod status;
pub mod twilio_answer;
pub mod twiml;
pub mod webhook;

/// A parser, what it promises, and the function that holds it to that.
pub struct Target {
    /// The name of the fuzz target, of its seeds and of what was found.
    pub name: &'static str,
    /// The promise, as the documentation tells it.
    pub promise: &'static str,
    /// Panics when the promise is broken.
    pub check: fn(&[u8]),
}

/// Declares a target for each module, under the module's name.
macro_rules! targets {
    ($($name:ident: $promise:literal,)+) => {
        /// Every target, in the order of their names.
        pub const TARGETS: &[Target] = &[$(Target {
            name: stringify!($name),
            promise: $promise,
            check: $name::check,
        }),+];
    };
}

targets! {
    access_token: "an access token opens only if it is, byte for byte, one that was sealed",
    call_webhook: "a request about a call is read in one way only",
    command: "reading a text is total; CHECKIN is read from the exact form only, STOP from the sole word only",
    configuration: "a configuration is complete or refused, and no secret is ever shown",
    coordinates: "a place in coordinates lies in the world, and south of the equator only by a letter or a sign",
    credentials: "a code, a word, an opaque token, an idempotency key: one spelling in, the same out",
    csv: "a record of the audit log's CSV reads back field by field, and no cell is a formula",
    cursor: "a page is within its limits, and a cursor names one row",
    decision: "in every state of the sender, only the exact form moves a hiker, and STOP ends everything",
    email: "an accepted address is plain ASCII, has one canonical spelling and cannot break a mail's header",
    forecast_answer: "a provider's answer is a forecast of possible values in order of time, or none",
    form: "a form has each field once, and reads as another decoder reads it",
    forwarded_for: "nobody but a trusted proxy says who the client is",
    json: "a document without a member given twice reads as serde_json reads it; no refusal repeats a value",
    key_ring: "a key ring that is read is whole, and is written back as the same ring",
    legacy_file: "a hostile SQLite file is recognised or refused, and stays as it is",
    legacy_row: "a legacy row is mapped within our limits or listed with a reason",
    names: "a name carries no link, no markup and nothing invisible into somebody else's phone",
    password: "a password is refused or kept whole, in one normal form",
    phone_number: "an accepted number is E.164, and is read the same however often",
    route_file: "a route file is refused with a reason, or every rule holds for its route",
    segments: "the segments of a text are those of a real encoder, and its parts lose nothing",
    status: "a status callback is read in one way only",
    twilio_answer: "every answer of Twilio's means exactly one thing, and a readable name is never lost",
    twiml: "every text reads back from the TwiML with another XML parser",
    webhook: "a signature verifies for one reading of a text only",
}
