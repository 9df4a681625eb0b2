//! What an operator may see and do.
//!
//! An administrator is neither an account nor a user: made by the command line, signed in to the console only, by a
//! session of its own. Every change an operator makes is audited in its own commit.

mod accounts;
mod actions;
#[expect(
    clippy::module_inception,
    reason = "the context's root aggregate bears the context's name"
)]
mod admin;
mod admin_session;
mod admin_state;
mod audit_log;
mod change_route;
mod console;
mod contact_email;
mod create;
mod enrol;
mod lines;
mod messages;
mod opt_out;
mod opt_outs;
mod overview;
mod passwords;
mod reader;
mod register_user;
mod remove_user;
mod resend;
mod reveal;
mod search;
mod second_factor;
mod session;
mod sign_in;
mod store;
mod test_text;
mod totp;
mod users;
mod watch;

pub use self::{
    accounts::AccountSearch,
    actions::{AdminActions, Queueing, Removal, RemoveUser, Resent},
    admin::{Admin, AdminName, AdminNameError, Role, Totp},
    admin_session::{AdminSession, IDLE_LIFE, WHOLE_LIFE},
    admin_state::{AdminState, AdminStateError},
    audit_log::AuditSearch,
    change_route::ChangeRouteError,
    console::Console,
    contact_email::ChangeContactEmailError,
    create::CreateAdminError,
    enrol::{EnrolError, Enrolment, RecoveryCode},
    lines::{
        AccountFilter, AccountLine, AccountPage, AccountStatus, AuditFilter, AuditLine, Bucket, CallLine,
        CheckInLine, ContactAnswer, ContactLine, ContactSums, Cost, Cursor, Figures, LinkLine, MailLine,
        MessageFilter, MessageLine, MessageState, OptOutLine, PAGE_ROWS, PageOf, PromisePage, SessionLine,
        UserFilter, UserLine, UserPage, WatchList,
    },
    messages::MessageSearch,
    opt_out::OptOutError,
    overview::Overview,
    passwords::ChangeAdminPasswordError,
    reader::AdminReader,
    register_user::{NewUser, RegisterUserError},
    remove_user::RemoveUserError,
    resend::{ResendError, SentText},
    reveal::{Revealable, Revealed},
    search::SearchError,
    second_factor::SecondFactorError,
    session::{AdminCaller, Presence},
    sign_in::{AdminLogin, AdminLoginError, SignedIn},
    store::{AdminCommit, AdminSessions, AdminStore, Begun, NewAdmin, NewAdminSession},
    test_text::{SendTestError, TestText},
    totp::TotpCodes,
    users::UserSearch,
};
pub use crate::id::AdminId;
