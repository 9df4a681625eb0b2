//! What the console's lists and pages show. The store fills these types; no rule decides on them.

mod accounts;
mod audit_log;
mod figures;
mod messages;
mod opt_outs;
mod page;
mod users;
mod watch;

pub use self::{
    accounts::{AccountFilter, AccountLine, AccountPage, AccountStatus, LinkLine, SessionLine},
    audit_log::{AuditFilter, AuditLine},
    figures::{Bucket, Cost, Figures},
    messages::{MessageFilter, MessageLine, MessageState},
    opt_outs::OptOutLine,
    page::{Cursor, PAGE_ROWS, PageOf},
    users::{CheckInLine, ContactLine, UserFilter, UserLine, UserPage},
    watch::{CallLine, ContactAnswer, ContactSums, MailLine, PromisePage, WatchList},
};
