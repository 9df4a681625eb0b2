//! One suite a port: every sentence of the port's documentation is a promise in it. Run against every adapter.

mod account;
mod limit;
pub mod password_hasher;
mod route_catalogue;
pub mod secret;
mod session;
pub mod token_sealer;

pub use self::{account::account, limit::limit, route_catalogue::route_catalogue, session::session};
