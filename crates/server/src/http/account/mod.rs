//! Accounts, their sign-ins and their sessions.

pub mod change_password;
pub mod end_session;
pub mod forgot_password;
pub mod list_sessions;
pub mod logout;
pub mod logout_all;
pub mod me;
pub mod page_script;
mod page_shell;
pub mod register;
pub mod resend_verification;
pub mod reset_password;
pub mod reset_password_page;
#[cfg(test)]
mod tests;
pub mod token;
pub mod verify_email;
pub mod verify_email_page;
mod view;

pub use self::view::AccountView;
