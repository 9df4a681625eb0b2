//! Showing that mail to an account's address reaches its owner.

use std::time::Duration;

use super::{Account, AccountChange, Accounts, Caller, MailLinks, MailPurpose, OpaqueToken};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    email::Email,
    limit::{Limit, LimitKey, Quota, Rule, Verdict},
    port::{Commit, Fault, until_stored},
    secret::MacPurpose,
    time::Timestamp,
};

/// Mails with a verification link that one account may ask for in an hour.
const VERIFICATIONS_PER_HOUR: u32 = 3;
/// Mails with a verification link that one address receives in a day, whichever accounts they are for.
const VERIFICATIONS_PER_ADDRESS: u32 = 5;

/// Why an address was not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyEmailError {
    /// The token is unknown, spent, replaced by a newer one, or its time is over.
    #[error("the token is not, or no longer, valid")]
    Refused,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why no verification mail was sent.
#[derive(Debug, thiserror::Error)]
pub enum ResendVerificationError {
    /// There is no mailer.
    #[error("no mailer is configured")]
    NoMailer,
    /// Too many for this account.
    #[error("too many verification mails")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The account is gone.
    #[error("the account is gone")]
    Gone,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Accounts {
    /// What a verification mail to an address counts under, whichever account it is for.
    fn verification_limit(&self, email: &Email) -> Limit {
        let address = self
            .macs
            .mac(MacPurpose::SendingLimit, &[email.as_str().as_bytes()]);
        let daily = Quota {
            events: VERIFICATIONS_PER_ADDRESS,
            per: Duration::from_hours(24),
        };
        Limit {
            key: LimitKey::new("verification.address", address.bytes),
            rule: Rule::Quota(daily),
        }
    }

    /// Mails a new account its first verification link, where there is a mailer and the address has not received too
    /// many of them.
    pub(super) async fn mail_verification(&self, account: &Account, now: Timestamp) -> Result<(), Fault> {
        let Some(links) = &self.rules.mail else {
            return Ok(());
        };
        let limits = vec![self.verification_limit(&account.email)];
        if self.limiter.take(limits, now, Vec::new()).await? != Verdict::Allowed {
            return Ok(());
        }
        // If the account was deleted in the meantime, the mail has no recipient.
        self.issue_verification(links, account, now).await.map(drop)
    }

    async fn issue_verification(
        &self,
        links: &MailLinks,
        account: &Account,
        now: Timestamp,
    ) -> Result<Commit, Fault> {
        let purpose = (links, MailPurpose::VerifyEmail);
        let issue = self.mail_token(purpose, (account.id, &account.email), Vec::new(), now);
        self.mail_tokens.issue(issue).await
    }

    /// Remembers that a mailed token came back.
    ///
    /// # Errors
    ///
    /// Fails with [`VerifyEmailError::Refused`].
    pub async fn verify_email(&self, token: &OpaqueToken) -> Result<(), VerifyEmailError> {
        let (now, digest) = (self.clock.now(), token.digest());
        until_stored("account store", || async {
            let found = self.mail_tokens.find(MailPurpose::VerifyEmail, digest).await?;
            let mailed = found
                .filter(|mailed| now < mailed.expires_at)
                .ok_or(VerifyEmailError::Refused)?;
            let known = self.accounts.by_id(mailed.account).await?;
            let may = known.filter(|account| account.disabled_at.is_none() && account.email == mailed.email);
            let account = may.ok_or(VerifyEmailError::Refused)?;
            let subject = Subject::Account(account.id);
            let change = AccountChange {
                spends: Some((MailPurpose::VerifyEmail, digest)),
                audit: vec![AuditEvent::new(
                    now,
                    Actor::Account(account.id),
                    "account.email_verified",
                    subject,
                )],
                ..AccountChange::new(&account, now, |account| {
                    account.email_verified_at.get_or_insert(now);
                })
            };
            Ok(self.accounts.change(change).await?)
        })
        .await
    }

    /// Mails another verification link, unless the address is verified already.
    ///
    /// # Errors
    ///
    /// Fails with [`ResendVerificationError`].
    pub async fn resend_verification(&self, caller: Caller) -> Result<(), ResendVerificationError> {
        let links = self
            .rules
            .mail
            .as_ref()
            .ok_or(ResendVerificationError::NoMailer)?;
        let now = self.clock.now();
        let known = self.accounts.by_id(caller.account_id).await?;
        let account = known.ok_or(ResendVerificationError::Gone)?;
        if account.email_verified_at.is_some() {
            return Ok(());
        }
        let key = LimitKey::new("verification.account", account.id.get().to_be_bytes());
        let hourly = Quota {
            events: VERIFICATIONS_PER_HOUR,
            per: Duration::from_hours(1),
        };
        let own = Limit {
            key,
            rule: Rule::Quota(hourly),
        };
        let limits = vec![own, self.verification_limit(&account.email)];
        if let Verdict::Refused { retry_after } = self.limiter.take(limits, now, Vec::new()).await? {
            return Err(ResendVerificationError::Throttled { retry_after });
        }
        match self.issue_verification(links, &account, now).await? {
            Commit::Stored(()) => Ok(()),
            Commit::Stale => Err(ResendVerificationError::Gone),
        }
    }
}
