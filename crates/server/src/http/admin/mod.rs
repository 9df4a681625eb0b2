//! `/admin`: the operator's console. Rendered on the server, no script, works on a phone.

pub mod account;
pub mod accounts;
pub mod audit;
pub mod audit_csv;
pub mod change_route;
pub mod clear_opt_out;
pub mod code;
pub mod code_form;
pub mod disable_account;
pub mod enable_account;
pub mod end_sessions;
pub mod frame;
pub mod login;
pub mod login_form;
pub mod logout;
pub mod messages;
pub mod notice;
pub mod opt_outs;
pub mod overview;
pub mod record_opt_out;
pub mod register_user;
pub mod remove_user;
pub mod resend;
pub mod reveal_account;
pub mod reveal_message;
pub mod reveal_user;
pub mod second_factor;
pub mod second_factor_form;
mod send_form;
pub mod send_reset;
pub mod test_text;
pub mod user;
pub mod users;
mod view;

#[cfg(test)]
mod tests;

use serde::Deserialize;

use self::notice::Notice;

/// Rows of a list on one page.
const PAGE: i64 = 50;

/// A query that may name a notice, and nothing else.
#[derive(Debug, Default, Deserialize)]
pub struct Named {
    notice: Option<String>,
}

impl Named {
    fn notice(&self) -> Option<Notice> {
        Notice::named(self.notice.as_deref())
    }
}
