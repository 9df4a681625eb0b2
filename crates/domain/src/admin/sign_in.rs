//! Signing in to the console: name and password, then the second factor where one is enrolled.

use std::time::Duration;

use super::{Admin, AdminName, AdminSession, Console, NewAdminSession};
use crate::{
    account::{
        OpaqueToken,
        password::{Hashed, PasswordAttempt, Verified},
    },
    audit::{Actor, AuditEvent, Subject},
    limit::{Limit, LimitKey, Quota, Rule, Source},
    port::Fault,
    secret::MacPurpose,
};

/// How long the failures of one source are counted.
const SOURCE_WINDOW: Duration = Duration::from_mins(10);

/// Somebody signing in to the console.
#[derive(Debug, Clone)]
pub struct AdminLogin {
    /// What they typed as their name, whatever it is.
    pub name: String,
    /// What they typed as their password.
    pub password: PasswordAttempt,
    /// Where the request comes from.
    pub source: Source,
}

/// A session that has begun, and its cookie's value.
#[derive(Debug)]
pub struct SignedIn {
    /// The cookie's value; a new one at every step, so a session fixed beforehand is worth nothing.
    pub token: OpaqueToken,
    /// Whether the second factor is still awaited.
    pub awaits_code: bool,
    /// Whether the administrator has no second factor yet.
    pub without_totp: bool,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum AdminLoginError {
    /// No administrator with this name and password may sign in; which is wrong is not told.
    #[error("incorrect name or password")]
    Refused,
    /// Too many failures for this name, or from this source.
    #[error("too many failed sign-ins")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The password hasher has no room.
    #[error("the password hasher is busy")]
    Busy,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Signs in with name and password: one verification whoever asks, as for accounts.
    ///
    /// # Errors
    ///
    /// [`AdminLoginError`].
    pub async fn sign_in(&self, login: AdminLogin) -> Result<SignedIn, AdminLoginError> {
        let now = self.clock.now();
        let limits = self.sign_in_limits(&login.name, login.source);
        self.limiter
            .check(limits.clone(), now)
            .await?
            .or_throttled(AdminLoginError::throttled)?;
        let known = match AdminName::parse(&login.name) {
            Ok(name) => self
                .admins
                .by_name(&name)
                .await?
                .filter(|admin| admin.disabled_at.is_none()),
            Err(_) => None,
        };
        let verified = self
            .hasher
            .verify(&login.password, known.as_ref().map(|admin| &admin.password))
            .await?;
        match (verified, known) {
            (Hashed::Busy, _) => Err(AdminLoginError::Busy),
            (Hashed::Done(Verified::Match), Some(admin)) => {
                Ok(self.begin(&admin, admin.totp.is_none(), None).await?)
            }
            (Hashed::Done(_), known) => {
                let now = self.clock.now();
                let subject = known.map_or(Subject::Service, |admin| Subject::Admin(admin.id));
                let event = AuditEvent::new(now, Actor::Anonymous, "admin.login_failed", subject);
                self.limiter
                    .take(limits, now, vec![event])
                    .await?
                    .or_throttled(AdminLoginError::throttled)?;
                Err(AdminLoginError::Refused)
            }
        }
    }

    /// Begins a session, ending the one it replaces in the same commit.
    pub(super) async fn begin(
        &self,
        admin: &Admin,
        complete: bool,
        replaces: Option<crate::secret::TokenDigest>,
    ) -> Result<SignedIn, Fault> {
        let now = self.clock.now();
        let token = OpaqueToken::draw(&*self.entropy);
        let action = if complete {
            "admin.signed_in"
        } else {
            "admin.password_accepted"
        };
        let session = AdminSession::begin(&token, admin.id, complete, now);
        let audit = AuditEvent::new(now, Actor::Admin(admin.id), action, Subject::Admin(admin.id));
        self.sessions
            .begin(NewAdminSession {
                session,
                replaces,
                audit,
            })
            .await?;
        Ok(SignedIn {
            token,
            awaits_code: !complete,
            without_totp: admin.totp.is_none(),
        })
    }

    pub(super) fn sign_in_limits(&self, name: &str, source: Source) -> Vec<Limit> {
        let folded = name.trim().to_ascii_lowercase();
        let identifier = self
            .macs
            .mac(MacPurpose::LoginIdentifier, &[b"admin", folded.as_bytes()]);
        let per_source = Quota {
            events: self.failures_per_source,
            per: SOURCE_WINDOW,
        };
        vec![
            Limit {
                key: LimitKey::new("admin.identifier", identifier.bytes),
                rule: Rule::LoginCurve,
            },
            Limit {
                key: LimitKey::new("admin.source", source.as_bytes()),
                rule: Rule::Quota(per_source),
            },
        ]
    }
}

impl AdminLoginError {
    fn throttled(retry_after: Duration) -> Self {
        Self::Throttled { retry_after }
    }
}
