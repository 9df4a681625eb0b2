//! Accounts, their sign-ins and their sessions.

pub mod me;
pub mod register;
pub mod token;
mod view;
