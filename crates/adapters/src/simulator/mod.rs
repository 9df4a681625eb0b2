//! The simulator: what would have left this machine is kept in its memory and shown, never sent and never stored.

pub mod client;
pub mod clock;
pub mod gateway;
pub mod mailbox;
pub mod newest;
mod phone_call;

/// The account that the simulator's webhooks name.
pub const ACCOUNT_SID: &str = "AC00000000000000000000000000000000";

/// The simulator's own number, one that is reserved for fiction.
pub const NUMBER: &str = "+61491579455";

/// What the simulator keeps of each kind: the newest so many.
pub const KEPT: usize = 1_000;
