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
mod audit_log;
mod change_route;
mod create;
mod enrol;
mod figures;
mod messages;
mod opt_out;
mod opt_outs;
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
mod users;

use std::sync::Arc;

pub use self::{
    accounts::{
        AccountFilter, AccountLine, AccountPage, AccountSearch, AccountStatus, LinkLine, SessionLine,
    },
    actions::AdminActions,
    admin::{Admin, AdminName, AdminNameError, Role, Totp},
    audit_log::{AuditFilter, AuditLine, AuditSearch},
    change_route::ChangeRouteError,
    create::CreateAdminError,
    enrol::{EnrolError, Enrolment, RecoveryCode},
    figures::{Bucket, Cost, Figures, Overview},
    messages::{MessageFilter, MessageLine, MessageSearch, MessageState},
    opt_out::OptOutError,
    opt_outs::OptOutLine,
    passwords::ChangeAdminPasswordError,
    reader::{AdminReader, Cursor, PAGE_ROWS, PageOf},
    register_user::{NewUser, RegisterUserError},
    remove_user::{Removal, RemoveUser, RemoveUserError},
    resend::{ResendError, Resent, SentText},
    reveal::{Revealable, Revealed},
    second_factor::{SecondFactorError, TotpCodes},
    session::{AdminCaller, AdminSession, IDLE_LIFE, Presence, WHOLE_LIFE},
    sign_in::{AdminLogin, AdminLoginError, SignedIn},
    store::{AdminCommit, AdminSessions, AdminStore, NewAdmin, NewAdminSession},
    test_text::{Queueing, SendTestError, TestText},
    users::{CheckInLine, ContactLine, UserFilter, UserLine, UserPage, UserSearch},
};
pub use crate::id::AdminId;
use crate::{
    account::password::PasswordHasher,
    limit::RateLimiter,
    phone::PhoneStore,
    phone_number::{Region, TextableRegions},
    random::Entropy,
    route::{Route, RouteCatalogue},
    secret::{BodySealer, Macs},
    time::Clock,
    user::UserStore,
};

/// The console: the ports it needs, and every question and action as a method.
pub struct Console {
    /// Keeps administrators.
    pub admins: Arc<dyn AdminStore>,
    /// Keeps their sessions.
    pub sessions: Arc<dyn AdminSessions>,
    /// Answers questions.
    pub reader: Arc<dyn AdminReader>,
    /// Carries out what an operator decides.
    pub actions: Arc<dyn AdminActions>,
    /// Keeps hikers.
    pub users: Arc<dyn UserStore>,
    /// Keeps links between numbers and accounts.
    pub phones: Arc<dyn PhoneStore>,
    /// Counts failed sign-ins.
    pub limiter: Arc<dyn RateLimiter>,
    /// Hashes and verifies passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Judges codes of an authenticator.
    pub totp: Arc<dyn TotpCodes>,
    /// Seals the authenticator's secret.
    pub sealer: Arc<dyn BodySealer>,
    /// Makes the keys under which names are counted.
    pub macs: Arc<dyn Macs>,
    /// The routes a hiker may be on.
    pub routes: Arc<dyn RouteCatalogue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// How numbers without a country are read.
    pub region: Region,
    /// Which numbers may be texted.
    pub textable: TextableRegions,
    /// Failed sign-ins one source may have in 10 minutes.
    pub failures_per_source: u32,
}

impl Console {
    /// The routes that a hiker may be on, in the order of the menu.
    pub fn routes(&self) -> &[Route] {
        self.routes.all()
    }
}
