//! Choosing a new password without the old one, by mail.

use std::time::Duration;

use super::{
    Account, AccountChange, Accounts, EndReason, EndSessions, MailPurpose, MailTokenRequest, OpaqueToken,
    WhichSessions,
    password::{Hashed, Password, PasswordError},
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    email::Email,
    id::AccountId,
    limit::{Limit, LimitKey, Quota, Rule, Verdict},
    messages::account as messages,
    port::{Commit, Fault, STALE_ATTEMPTS, contended},
    secret::{MacPurpose, Secret},
};

/// Whom a link is made for that is not mailed; no account has this id.
const NOBODY: AccountId = AccountId::from_stored(0);

/// Why no reset was started.
#[derive(Debug, thiserror::Error)]
pub enum ForgotPasswordError {
    /// There is no mailer.
    #[error("no mailer is configured")]
    NoMailer,
    /// Too many resets for this address, whether an account has it or not.
    #[error("too many resets")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why no password was reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// The token is unknown, spent, replaced by a newer one, or its time is over.
    #[error("the token is not, or no longer, valid")]
    Refused,
    /// The new password cannot be used; the token stays good.
    #[error(transparent)]
    New(#[from] PasswordError),
    /// The password hasher has no room; the token stays good.
    #[error("the password hasher is busy")]
    Busy,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Accounts {
    /// Mails a link to the account with this address, to the address on record, if there is one that may sign in. The work
    /// is the same if there is none: a link is made and sealed, for nobody, and the request is one commit.
    ///
    /// # Errors
    ///
    /// [`ForgotPasswordError`], which tells nothing about whether there is one.
    pub async fn forgot_password(&self, email: &Email) -> Result<(), ForgotPasswordError> {
        let known = self
            .accounts
            .by_email(email)
            .await?
            .filter(|account| account.disabled_at.is_none());
        self.request_reset((email, known), Vec::new()).await
    }

    /// Counts a request for this address and, if an account is known that may sign in, mails the link, in one commit
    /// with `audit`.
    pub(super) async fn request_reset(
        &self,
        (email, known): (&Email, Option<Account>),
        mut audit: Vec<AuditEvent>,
    ) -> Result<(), ForgotPasswordError> {
        let links = self.rules.mail.as_ref().ok_or(ForgotPasswordError::NoMailer)?;
        let now = self.clock.now();
        let mut limits = vec![self.reset_limit(email)];
        match &known {
            Some(account) => audit.push(AuditEvent::new(
                now,
                Actor::Anonymous,
                "password_reset.requested",
                Subject::Account(account.id),
            )),
            None => limits.push(for_unknown()),
        }
        let (purpose, is_known) = ((links, MailPurpose::ResetPassword), known.is_some());
        let (id, address) = known.map_or((NOBODY, email.clone()), |account| (account.id, account.email));
        let issue = self.mail_token(purpose, (id, &address), Vec::new(), now);
        let request = MailTokenRequest {
            limits,
            at: now,
            audit,
            issue: is_known.then_some(issue),
        };
        match self.mail_tokens.request(request).await? {
            Verdict::Allowed => Ok(()),
            Verdict::Refused { retry_after } => Err(ForgotPasswordError::Throttled { retry_after }),
        }
    }

    /// Sets a new password with a mailed token. Every session ends and the throttle ends, in the same commit; that the
    /// mail arrived is remembered too.
    ///
    /// # Errors
    ///
    /// [`ResetPasswordError`]; nothing has changed then.
    pub async fn reset_password(
        &self,
        token: &OpaqueToken,
        new: &Secret<String>,
    ) -> Result<(), ResetPasswordError> {
        let (now, digest) = (self.clock.now(), token.digest());
        let mut hash = None;
        for _ in 0..STALE_ATTEMPTS {
            let found = self.mail_tokens.find(MailPurpose::ResetPassword, digest).await?;
            let mailed = found
                .filter(|mailed| now < mailed.expires_at)
                .ok_or(ResetPasswordError::Refused)?;
            let known = self.accounts.by_id(mailed.account).await?;
            let may = known.filter(|account| account.disabled_at.is_none() && account.email == mailed.email);
            let account = may.ok_or(ResetPasswordError::Refused)?;
            let password = Password::parse(new.expose(), &account.email)?;
            if hash.is_none() {
                let Hashed::Done(fresh) = self.hasher.hash(&password).await? else {
                    return Err(ResetPasswordError::Busy);
                };
                hash = Some(fresh);
            }
            let subject = Subject::Account(account.id);
            let event = |action| AuditEvent::new(now, Actor::Account(account.id), action, subject);
            let change = AccountChange {
                spends: Some((MailPurpose::ResetPassword, digest)),
                ends: Some(EndSessions {
                    account: account.id,
                    which: WhichSessions::All,
                    at: now,
                    reason: EndReason::PasswordReset,
                    audit: event("session.ended"),
                }),
                clears: vec![self.login_identifier(account.email.as_str())],
                outgoing: self.notice(&account, messages::password_changed(), now),
                audit: vec![event("account.password_reset")],
                ..AccountChange::new(&account, now, |account| {
                    account.password.clone_from(&hash);
                    account.email_verified_at.get_or_insert(now);
                })
            };
            if self.accounts.change(change).await? == Commit::Stored(()) {
                return Ok(());
            }
        }
        Err(contended("account store").into())
    }

    fn reset_limit(&self, email: &Email) -> Limit {
        let address = self.macs.mac(
            MacPurpose::LoginIdentifier,
            &[b"reset", email.as_str().as_bytes()],
        );
        let hourly = Quota {
            events: self.rules.resets_per_hour,
            per: Duration::from_hours(1),
        };
        Limit {
            key: LimitKey::reset_address(&address),
            rule: Rule::Quota(hourly),
        }
    }
}

/// Counts what was asked for addresses that no account has, and refuses nothing. A line of the audit log for each would
/// let anybody fill the disk.
fn for_unknown() -> Limit {
    Limit {
        key: LimitKey::new("reset.unknown", []),
        rule: Rule::Quota(Quota {
            events: u32::MAX,
            per: Duration::from_hours(24),
        }),
    }
}
