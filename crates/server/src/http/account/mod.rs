//! Accounts, their sign-ins and their sessions.

pub mod change_password;
pub mod end_session;
pub mod forgot_password;
pub mod list_sessions;
pub mod logout;
pub mod logout_all;
pub mod me;
pub mod register;
pub mod resend_verification;
pub mod reset_password;
#[cfg(test)]
mod tests;
pub mod token;
pub mod verify_email;
mod view;

pub use self::{register::refused_email, view::AccountView};
