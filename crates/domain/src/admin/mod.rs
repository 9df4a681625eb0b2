//! What an operator may see and do.
//!
//! An administrator is neither an account nor a user: made by the command line, signed in to the console only, by a
//! session of its own. Every change an operator makes is audited in its own commit.

#[expect(
    clippy::module_inception,
    reason = "the context's root aggregate bears the context's name"
)]
mod admin;
mod console_reader;
mod create;
mod enrol;
mod figures;
mod opt_out;
mod passwords;
mod people;
mod resend;
mod reveal;
mod second_factor;
mod send_test;
mod session;
mod sign_in;
mod store;

use std::sync::Arc;

pub use self::{
    admin::{Admin, AdminName, AdminNameError, Role, Totp},
    console_reader::{
        AccountFilter, AccountLine, AccountPage, AuditFilter, AuditLine, CheckInLine, ConsoleReader,
        ContactLine, LinkLine, MessageFilter, MessageLine, OptOutLine, PageOf, SessionLine, UserFilter,
        UserLine, UserPage,
    },
    create::CreateAdminError,
    enrol::{EnrolError, Enrolment, RecoveryCode},
    figures::{Bucket, Cost, Figures, Overview},
    opt_out::OptOutError,
    passwords::ChangeAdminPasswordError,
    people::{NewUser, RegisterUserError, Removal, RemoveUser, RemoveUserError, RouteError},
    resend::{ResendError, Resent, SentText},
    reveal::Revealed,
    second_factor::{SecondFactorError, TotpCodes},
    send_test::{Queueing, SendTestError, TestText},
    session::{AdminCaller, AdminSession, IDLE_LIFE, Presence, WHOLE_LIFE},
    sign_in::{AdminLogin, AdminLoginError, SignedIn},
    store::{AdminCommit, AdminSessions, AdminStore, ConsoleActions, NewAdmin, NewAdminSession},
};
pub use crate::id::AdminId;
use crate::{
    account::password::PasswordHasher,
    limit::RateLimiter,
    phone::PhoneStore,
    phone_number::{Region, TextableRegions},
    random::Entropy,
    route::RouteCatalogue,
    secret::{BodySealer, Macs},
    time::Clock,
};

/// The console: the ports it needs, and every question and action as a method.
pub struct Console {
    /// Keeps administrators.
    pub admins: Arc<dyn AdminStore>,
    /// Keeps their sessions.
    pub sessions: Arc<dyn AdminSessions>,
    /// Answers questions.
    pub reader: Arc<dyn ConsoleReader>,
    /// Carries out what an operator decides.
    pub actions: Arc<dyn ConsoleActions>,
    /// Knows which number is linked to which account.
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
