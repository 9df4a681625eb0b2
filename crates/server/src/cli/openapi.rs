//! `thunderbird openapi`

use clap::Args;

use super::{Exit, Failure, screen};
use crate::http::routes;

/// Print the description of the HTTP API (OpenAPI 3.1, JSON).
#[derive(Args)]
pub struct Openapi {}

impl Openapi {
    /// Prints it.
    #[expect(clippy::unused_self, reason = "every command is run alike")]
    pub fn run(self) -> Result<Exit, Failure> {
        screen::say(routes::description().0)?;
        Ok(Exit::Done)
    }
}
