//! Signing in to the console: name and password, then the second factor where one is enrolled.

use std::time::Duration;

use super::{Admin, AdminCommit, AdminName, AdminSession, Begun, Console, NewAdminSession};
use crate::{
    account::{
        OpaqueToken,
        password::{Hashed, PasswordAttempt, Verified},
    },
    audit::{Actor, AuditEvent, Subject},
    limit::{Limit, LimitKey, Quota, Rule, Source},
    port::{Commit, Fault, contended},
    secret::{MacPurpose, TokenDigest},
    time::Timestamp,
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

/// A step of the sign-in that was passed.
pub(super) struct Passed {
    /// The session that ends as the next one begins.
    pub(super) replaces: Option<TokenDigest>,
    /// The code that was used for it, which is used up only if the session begins.
    pub(super) spends: Option<AdminCommit>,
    /// What the attempt was counted under before it was judged.
    pub(super) limits: Vec<Limit>,
    /// When it was counted.
    pub(super) counted_at: Timestamp,
}

impl Console {
    /// Signs in with name and password: one verification for every attempt, as for accounts. The attempt is counted before it
    /// is judged, so that of many at once no more are compared than one after the other.
    ///
    /// # Errors
    ///
    /// [`AdminLoginError`].
    pub async fn sign_in(&self, login: AdminLogin) -> Result<SignedIn, AdminLoginError> {
        let now = self.clock.now();
        let limits = self.sign_in_limits(&login.name, login.source);
        self.limiter
            .take(limits.clone(), now, Vec::new())
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
            (Hashed::Busy, _) => {
                self.limiter.give_back(limits, now).await?;
                Err(AdminLoginError::Busy)
            }
            (Hashed::Done(Verified::Match), Some(admin)) => {
                let passed = Passed {
                    replaces: None,
                    spends: None,
                    limits,
                    counted_at: now,
                };
                match self.begin(&admin, admin.totp.is_none(), passed).await? {
                    Commit::Stored(begun) => begun.map_err(AdminLoginError::throttled),
                    Commit::Stale => Err(contended("admin sessions").into()),
                }
            }
            (Hashed::Done(_), known) => {
                let now = self.clock.now();
                let subject = known.map_or(Subject::Service, |admin| Subject::Admin(admin.id));
                let event = AuditEvent::new(now, Actor::Anonymous, "admin.login_failed", subject);
                // It is counted already; only the line of the audit log is missing.
                let _ = self.limiter.take(Vec::new(), now, vec![event]).await?;
                Err(AdminLoginError::Refused)
            }
        }
    }

    /// Begins a session, in the commit that ends the one it replaces, uses up the code and judges the limits again. If they
    /// refuse, says how long to wait, and the code is good still. Who has given everything that is asked for begins again
    /// with no failures.
    pub(super) async fn begin(
        &self,
        admin: &Admin,
        complete: bool,
        passed: Passed,
    ) -> Result<Commit<Result<SignedIn, Duration>>, Fault> {
        let now = self.clock.now();
        let token = OpaqueToken::draw(&*self.entropy);
        let action = if complete {
            "admin.signed_in"
        } else {
            "admin.password_accepted"
        };
        let new = NewAdminSession {
            session: AdminSession::begin(&token, admin.id, complete, now),
            replaces: passed.replaces,
            spends: passed.spends,
            limits: passed.limits,
            counted_at: passed.counted_at,
            clears: complete.then(|| self.name_counter(admin.name.as_str())),
            audit: AuditEvent::new(now, Actor::Admin(admin.id), action, Subject::Admin(admin.id)),
        };
        Ok(match self.sessions.begin(new).await? {
            Begun::Stored => Commit::Stored(Ok(SignedIn {
                token,
                awaits_code: !complete,
                without_totp: admin.totp.is_none(),
            })),
            Begun::Throttled { retry_after } => Commit::Stored(Err(retry_after)),
            Begun::Stale => Commit::Stale,
        })
    }

    /// The counter of failures under a name.
    pub(super) fn name_counter(&self, name: &str) -> LimitKey {
        let folded = name.trim().to_ascii_lowercase();
        let parts: [&[u8]; 2] = [b"admin", folded.as_bytes()];
        LimitKey::new(
            "admin.identifier",
            self.macs.mac(MacPurpose::LoginIdentifier, &parts).bytes,
        )
    }

    pub(super) fn sign_in_limits(&self, name: &str, source: Source) -> Vec<Limit> {
        let per_source = Quota {
            events: self.failures_per_source,
            per: SOURCE_WINDOW,
        };
        vec![
            Limit {
                key: self.name_counter(name),
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
