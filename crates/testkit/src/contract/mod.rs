//! One suite a port: every sentence of the port's documentation is a promise in it. Run against every adapter.

mod route_catalogue;

pub use route_catalogue::route_catalogue;
pub mod password_hasher;
pub mod secret;
pub mod token_sealer;
