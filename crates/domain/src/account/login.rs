//! Signing in with e-mail and password.

use std::time::Duration;

use super::{
    Account, Accounts, Grant, OpaqueToken, SessionStart, SignInQueue, SigningDevice, StartAudit, Started,
    UserAgent,
    password::{Hashed, PasswordAttempt, PasswordHash, Verified},
    sign_in_queue::WAITING,
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    email::Email,
    id::DeviceId,
    limit::Source,
    port::{Fault, STALE_ATTEMPTS, contended},
    random::Tag,
    refusals,
    secret::TokenDigest,
    time::Timestamp,
};

/// Somebody signing in.
#[derive(Debug, Clone)]
pub struct LoginAttempt {
    /// What they typed as their address, whatever it is.
    pub identifier: String,
    /// What they typed as their password.
    pub password: PasswordAttempt,
    /// The token that they present as that of a known device, if it can be one.
    pub device: Option<OpaqueToken>,
    /// Where the request comes from.
    pub source: Source,
    /// What their client calls itself.
    pub user_agent: Option<UserAgent>,
}

/// Why the sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No account with this address and password may sign in; which of them is wrong is not told.
    #[error("incorrect e-mail or password")]
    Refused,
    /// Too many failures for this identifier, or from this source.
    #[error("too many failed logins")]
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

/// Who and what an attempt turns out to come from, before its password is compared.
struct Recognised {
    /// The account that may sign in under the identifier.
    account: Option<Account>,
    /// The device of this account whose token was presented.
    device: Option<DeviceId>,
}

/// The tokens of a sign-in: the refresh token, and the device's.
struct Tokens {
    refresh: OpaqueToken,
    device: OpaqueToken,
}

impl Accounts {
    /// Signs in, after the earlier attempts of the same source, and those of the same identifier or known device.
    ///
    /// # Errors
    ///
    /// [`LoginError::Refused`] for an unknown address, a wrong password and a disabled account alike.
    pub async fn login(&self, attempt: LoginAttempt) -> Result<Grant, LoginError> {
        // The source comes first: an attempt that waits behind others of its source must not keep its identifier's owner.
        let source = SignInQueue::Source(attempt.source);
        let turn = self.signing_in.lock_among(&source, WAITING).await;
        let _of_source = turn.ok_or_else(LoginError::queue_is_full)?;
        let queue = if let Some(device) = self.recognise(&attempt).await?.device {
            SignInQueue::Device(device)
        } else {
            let identifier = self.login_identifier(&attempt.identifier);
            SignInQueue::Identifier(identifier.subject().to_vec())
        };
        let turn = self.signing_in.lock_among(&queue, WAITING).await;
        let _of_identifier_or_device = turn.ok_or_else(LoginError::queue_is_full)?;
        self.login_in_turn(attempt).await
    }

    /// Signs in. Runs exactly one password verification for every attempt: against the stored hash, or against a
    /// dummy of equal cost if the account is unknown. Skips it if a rate limit already refuses. A failed attempt is
    /// counted in its own commit; the attempt that reaches the limit is still verified, later ones are not.
    ///
    /// # Errors
    ///
    /// [`LoginError::Refused`] for an unknown address, a wrong password and a disabled account alike.
    async fn login_in_turn(&self, attempt: LoginAttempt) -> Result<Grant, LoginError> {
        let now = self.clock.now();
        let mut known = self.recognise(&attempt).await?;
        let mut limits = self.login_limits(&attempt.identifier, known.device, attempt.source);
        limits.push(self.session_limit(&attempt.identifier));
        self.limiter
            .check(limits, now)
            .await?
            .or_throttled(LoginError::throttled)?;
        let mut verified: Option<PasswordHash> = None;
        for _ in 0..STALE_ATTEMPTS {
            let hash = known
                .account
                .as_ref()
                .and_then(|account| account.password.as_ref());
            if verified.is_none() || verified.as_ref() != hash {
                match self.hasher.verify(&attempt.password, hash).await? {
                    Hashed::Busy => return Err(LoginError::Busy),
                    Hashed::Done(Verified::Match) => verified = hash.cloned(),
                    Hashed::Done(Verified::NoMatch) => return self.login_failed(&attempt, known).await,
                }
            }
            let Some(account) = &known.account else {
                return self.login_failed(&attempt, known).await;
            };
            let tokens = self.tokens(&attempt, known.device);
            let start = self.session_start((account, known.device), &attempt, &tokens, now);
            match self.sessions.start(start).await? {
                Started::Stored(session) => {
                    // The session stands whether this succeeds or not; a weak hash waits for the next login.
                    drop(self.rehash(account, &attempt.password).await);
                    return Ok(Grant {
                        device_token: Some(tokens.device.reveal()),
                        ..self.grant(account.id, (session, 1), &tokens.refresh)
                    });
                }
                Started::Throttled { retry_after } => return Err(LoginError::Throttled { retry_after }),
                Started::Stale => known = self.recognise(&attempt).await?,
            }
        }
        Err(contended("session store").into())
    }

    /// The account that may sign in, and the device of this account whose token was presented. A token that is another
    /// account's, forgotten, too old, or that was never given out is no token, and the reads are the same without one.
    async fn recognise(&self, attempt: &LoginAttempt) -> Result<Recognised, Fault> {
        let account = self.may_sign_in(&attempt.identifier).await?;
        let token = attempt.device.as_ref();
        let digest = token.map_or_else(|| TokenDigest::of(""), OpaqueToken::digest);
        let found = self.sessions.device(digest).await?;
        let now = self.clock.now();
        let own = found.filter(|device| {
            let owner = account.as_ref().map(|account| account.id);
            owner == Some(device.account) && device.is_known(now)
        });
        Ok(Recognised {
            device: own.map(|device| device.id),
            account,
        })
    }

    /// A fresh refresh token, and the token of the device: a known one keeps its own.
    fn tokens(&self, attempt: &LoginAttempt, known: Option<DeviceId>) -> Tokens {
        let kept = known.and(attempt.device.clone());
        Tokens {
            refresh: OpaqueToken::draw(&*self.entropy),
            device: kept.unwrap_or_else(|| OpaqueToken::draw(&*self.entropy)),
        }
    }

    /// The account that may sign in under this identifier.
    async fn may_sign_in(&self, identifier: &str) -> Result<Option<Account>, Fault> {
        let Ok(email) = Email::parse(identifier) else {
            return Ok(None);
        };
        let known = self.accounts.by_email(&email).await?;
        Ok(known.filter(|account| account.disabled_at.is_none()))
    }

    async fn login_failed<T>(&self, attempt: &LoginAttempt, known: Recognised) -> Result<T, LoginError> {
        let now = self.clock.now();
        // An unknown address is only counted: the log must not grow by what anybody types.
        let failed = |account: Account| {
            AuditEvent::new(
                now,
                Actor::Anonymous,
                "login.failed",
                Subject::Account(account.id),
            )
        };
        let limits = self.login_limits(&attempt.identifier, known.device, attempt.source);
        let audit = known.account.map(failed).into_iter().collect();
        self.limiter
            .take(limits, now, audit)
            .await?
            .or_throttled(LoginError::throttled)?;
        Err(LoginError::Refused)
    }

    fn session_start(
        &self,
        (account, device): (&Account, Option<DeviceId>),
        attempt: &LoginAttempt,
        tokens: &Tokens,
        now: Timestamp,
    ) -> SessionStart {
        let event = |actor, action| AuditEvent::new(now, actor, action, Subject::Account(account.id));
        SessionStart {
            tag: Tag::draw(&*self.entropy),
            account: account.id,
            verified: account.revision,
            refresh: tokens.refresh.digest(),
            user_agent: attempt.user_agent.clone(),
            device: device.map_or_else(
                || SigningDevice::New(tokens.device.digest()),
                SigningDevice::Known,
            ),
            at: now,
            limits: self.login_limits(&attempt.identifier, device, attempt.source),
            counts: vec![self.session_limit(&attempt.identifier)],
            clears: self.login_counter(&attempt.identifier, device),
            audit: StartAudit {
                started: event(Actor::Account(account.id), "session.started"),
                ended: event(Actor::System, "session.ended"),
            },
        }
    }
}

impl LoginError {
    fn throttled(retry_after: Duration) -> Self {
        Self::Throttled { retry_after }
    }

    fn queue_is_full() -> Self {
        refusals::count("login.queue");
        Self::Busy
    }
}
