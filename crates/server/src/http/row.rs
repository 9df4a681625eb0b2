//! One row of the route table: an address, who may call it, and what answers it.

use actix_web::{Route, http::Method};

/// What a handler demands before it does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    Public,
    /// An account's access token.
    Bearer,
    /// A session of the console.
    Admin,
    /// Twilio's signature.
    Twilio,
    /// The simulator's key or cookie, from this machine.
    Simulator,
}

/// One address and method.
pub struct Row {
    /// The method.
    pub method: Method,
    /// The pattern.
    pub path: &'static str,
    /// Who may come in.
    pub guard: Guard,
    /// The module that answers.
    pub module: &'static str,
    /// Whether the API's description has it.
    pub documented: bool,
    /// Makes the route that answers it.
    pub(super) mount: fn() -> Route,
}

/// The row of the table that a request met.
#[derive(Debug, Clone, Copy)]
pub struct RowIndex(pub usize);
