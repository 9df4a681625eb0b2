//! `/admin`: the operator's console. Rendered on the server, no script, works on a phone.

pub mod account;
pub mod accounts;
pub mod audit;
pub mod audit_csv;
pub mod code;
pub mod code_form;
pub mod forecasts;
pub mod forms;
pub mod frame;
pub mod login;
pub mod login_form;
pub mod logout;
pub mod messages;
pub mod notice;
pub mod opt_outs;
pub mod overview;
pub mod promise;
mod refused;
pub mod resend;
pub mod reveal;
pub mod second_factor;
pub mod second_factor_form;
mod send_form;
pub mod test_text;
pub mod user;
pub mod users;
mod view;
pub mod watch;

#[cfg(test)]
mod tests;

use serde::Deserialize;

use self::notice::Notice;

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
