//! A web account: e-mail, password, sessions.

#[expect(
    clippy::module_inception,
    reason = "the context's root aggregate bears the context's name"
)]
mod account;
mod authenticate;
mod common_passwords;
mod grant;
mod login;
mod me;
mod opaque_token;
pub mod password;
mod register;
mod rules;
mod session;
mod session_store;
mod turnstile;

use std::sync::Arc;

use self::password::PasswordHasher;
pub use self::{
    account::{Account, AccountId, AccountStore, Registration},
    authenticate::{AuthenticateError, Caller},
    grant::Grant,
    login::{LoginAttempt, LoginError},
    me::MeError,
    opaque_token::{OpaqueToken, SealedToken},
    register::{RegisterError, Registrant},
    rules::AccountRules,
    session::{
        EndReason, IDLE_LIFE, Presented, SESSIONS_PER_ACCOUNT, SameToken, Session, UserAgent, WHOLE_LIFE,
    },
    session_store::{
        EndSessions, SessionChange, SessionStart, SessionStore, Sighting, StartAudit, Started, WhichSessions,
    },
    turnstile::Turnstile,
};
use crate::{
    email::Email, limit::RateLimiter, random::Entropy, secret::Macs, time::Clock, token::sealer::TokenSealer,
};

/// Web accounts and their sessions: the ports they need, and every use case as a method.
pub struct Accounts {
    /// Keeps accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// Keeps sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Counts what may happen only so often.
    pub limiter: Arc<dyn RateLimiter>,
    /// Hashes and verifies passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Seals and opens access tokens.
    pub sealer: Arc<dyn TokenSealer>,
    /// Makes the keys under which people's addresses are counted.
    pub macs: Arc<dyn Macs>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// What the operator chose.
    pub rules: AccountRules,
    /// Registrations under way in this process.
    pub registering: Turnstile<Email>,
}
