//! A web account: e-mail, password, sessions.

#[expect(
    clippy::module_inception,
    reason = "the context's root aggregate bears the context's name"
)]
mod account;
mod authenticate;
mod change_password;
mod common_passwords;
mod device;
mod disable;
mod end_session;
mod grant;
mod limits;
mod login;
mod mail;
mod mail_token;
mod me;
mod opaque_token;
mod own_password;
pub mod password;
mod refresh;
mod register;
mod rehash;
mod reset_password;
mod rules;
mod send_reset_link;
mod session;
mod session_store;
mod sign_in_queue;
mod verify_email;

use std::sync::Arc;

use self::password::PasswordHasher;
pub use self::{
    account::{Account, AccountChange, AccountStore, Registration},
    authenticate::{AuthenticateError, Caller},
    change_password::ChangePasswordError,
    device::{DEVICE_KEPT, DEVICES_PER_ACCOUNT, KnownDevice, SigningDevice},
    disable::DisableError,
    end_session::EndSessionError,
    grant::Grant,
    login::{LoginAttempt, LoginError},
    mail_token::{MailPurpose, MailToken, MailTokenIssue, MailTokenRequest, MailTokenStore},
    me::MeError,
    opaque_token::{OpaqueToken, SealedToken},
    own_password::OwnPasswordError,
    refresh::RefreshError,
    register::{RegisterError, Registrant},
    reset_password::{ForgotPasswordError, ResetPasswordError},
    rules::{AccountRules, MailLinks},
    send_reset_link::SendResetLinkError,
    session::{
        EndReason, IDLE_LIFE, Presented, SESSIONS_PER_ACCOUNT, SameToken, Session, UserAgent, WHOLE_LIFE,
    },
    session_store::{
        EXPIRED_AT_ONCE, EndSessions, ExpireSessions, SessionChange, SessionStart, SessionStatus,
        SessionStore, StartAudit, Started, WhichSessions,
    },
    sign_in_queue::SignInQueue,
    verify_email::{ResendVerificationError, VerifyEmailError},
};
pub use crate::id::AccountId;
use crate::{
    email::Email,
    keyed_lock::KeyedLock,
    limit::RateLimiter,
    random::Entropy,
    secret::{BodySealer, Macs},
    time::Clock,
    token::sealer::TokenSealer,
};

/// Web accounts and their sessions: the ports they need, and every use case as a method.
pub struct Accounts {
    /// Keeps accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// Keeps sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Keeps mailed tokens.
    pub mail_tokens: Arc<dyn MailTokenStore>,
    /// Counts what may happen only so often.
    pub limiter: Arc<dyn RateLimiter>,
    /// Hashes and verifies passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Seals and opens access tokens.
    pub sealer: Arc<dyn TokenSealer>,
    /// Makes the keys under which people's addresses are counted.
    pub macs: Arc<dyn Macs>,
    /// Seals mails that carry a link.
    pub bodies: Arc<dyn BodySealer>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// What the operator chose.
    pub rules: AccountRules,
    /// Registrations under way in this process.
    pub registering: KeyedLock<Email>,
    /// Sign-ins under way in this process, by source, and by identifier or device.
    pub signing_in: KeyedLock<SignInQueue>,
}
