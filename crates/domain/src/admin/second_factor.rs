//! The second factor: a code of an authenticator (TOTP, RFC 6238), or a recovery code once.

use std::time::Duration;

use super::{Admin, AdminCaller, AdminCommit, Console, SignedIn, sign_in::Passed};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    limit::Source,
    port::{Change, Commit, Fault, until_stored},
    secret::TokenDigest,
    time::Timestamp,
};

/// Why the second factor was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorError {
    /// Neither a fresh code nor an unused recovery code.
    #[error("this code is not, or no longer, valid")]
    Refused,
    /// Too many wrong codes.
    #[error("too many wrong codes")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Completes a session with a code. A wrong one is counted like a wrong password, and each is counted before it is
    /// judged.
    ///
    /// # Errors
    ///
    /// [`SecondFactorError`].
    pub async fn give_code(
        &self,
        caller: &AdminCaller,
        code: &str,
        source: Source,
    ) -> Result<SignedIn, SecondFactorError> {
        let limits = self.sign_in_limits(caller.name.as_str(), source);
        let counted_at = self.clock.now();
        self.limiter
            .take(limits.clone(), counted_at, Vec::new())
            .await?
            .or_throttled(SecondFactorError::throttled)?;
        until_stored("admin store", || async {
            let admin = self
                .admins
                .by_id(caller.id)
                .await?
                .ok_or(SecondFactorError::Refused)?;
            let now = self.clock.now();
            let Some(commit) = self.accept(&admin, code, now).await? else {
                let event = AuditEvent::new(
                    now,
                    Actor::Admin(admin.id),
                    "admin.code_refused",
                    Subject::Admin(admin.id),
                );
                let _ = self.limiter.take(Vec::new(), now, vec![event]).await?;
                return Err(SecondFactorError::Refused);
            };
            let passed = Passed {
                replaces: Some(caller.session),
                spends: Some(commit),
                limits: limits.clone(),
                counted_at,
            };
            match self.begin(&admin, true, passed).await? {
                Commit::Stored(Ok(signed_in)) => Ok(Commit::Stored(signed_in)),
                Commit::Stored(Err(wait)) => Err(SecondFactorError::throttled(wait)),
                Commit::Stale => Ok(Commit::Stale),
            }
        })
        .await
    }

    /// The change that uses the code up, if it is good.
    async fn accept(&self, admin: &Admin, code: &str, now: Timestamp) -> Result<Option<AdminCommit>, Fault> {
        let Some(totp) = &admin.totp else { return Ok(None) };
        let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let secret = self.sealer.open(admin.tag, &totp.secret);
        let step = secret.and_then(|secret| {
            let bytes = super::enrol::from_hex(secret.expose())?;
            self.totp.step_of(bytes.expose(), &digits, now)
        });
        if let Some(step) = step.filter(|step| *step > totp.last_step) {
            let mut state = admin.clone();
            state.totp = Some(super::Totp {
                secret: totp.secret.clone(),
                last_step: step,
            });
            let change = Change {
                replaces: admin.revision,
                state,
            };
            return Ok(Some(AdminCommit {
                change,
                at: now,
                spends: None,
                recovery: None,
                clears: Vec::new(),
                ends_sessions: false,
                audit: vec![],
            }));
        }
        let digest = TokenDigest::of(&digits.to_ascii_lowercase());
        if !self.admins.has_recovery_code(admin.id, digest).await? {
            return Ok(None);
        }
        let event = AuditEvent::new(
            now,
            Actor::Admin(admin.id),
            "admin.recovery_code_used",
            Subject::Admin(admin.id),
        );
        Ok(Some(AdminCommit {
            change: Change {
                replaces: admin.revision,
                state: admin.clone(),
            },
            at: now,
            spends: Some(digest),
            recovery: None,
            clears: Vec::new(),
            ends_sessions: false,
            audit: vec![event],
        }))
    }
}

impl SecondFactorError {
    fn throttled(retry_after: Duration) -> Self {
        Self::Throttled { retry_after }
    }
}
