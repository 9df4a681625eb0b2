//! Registering an account.

use std::time::Duration;

use super::{
    Account, Accounts, Registration,
    password::{Hashed, Password},
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    email::Email,
    limit::{Source, Verdict},
    port::{Commit, Fault, Revision},
    random::Tag,
};

/// Who wants an account.
#[derive(Debug, Clone)]
pub struct Registrant {
    /// E-mail address of the new account.
    pub email: Email,
    /// The password they chose.
    pub password: Password,
    /// Where the request comes from.
    pub source: Source,
}

/// Why no account was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The operator takes no registrations.
    #[error("registration is closed")]
    Closed,
    /// Another account has the address.
    #[error("the e-mail address is already registered")]
    EmailTaken,
    /// Too many registrations from this source.
    #[error("too many registrations")]
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

impl Accounts {
    /// Registers an account. The store's unique index decides about the address.
    ///
    /// # Errors
    ///
    /// [`RegisterError`]; nothing was registered then.
    pub async fn register(&self, registrant: Registrant) -> Result<Account, RegisterError> {
        if !self.rules.registration_open {
            return Err(RegisterError::Closed);
        }
        let now = self.clock.now();
        let limits = vec![self.registration_limit(registrant.source)];
        if let Verdict::Refused { retry_after } = self.limiter.take(limits, now, Vec::new()).await? {
            return Err(RegisterError::Throttled { retry_after });
        }
        let _guard = self.registering.lock(&registrant.email).await;
        if self.accounts.by_email(&registrant.email).await?.is_some() {
            return Err(RegisterError::EmailTaken);
        }
        let Hashed::Done(password) = self.hasher.hash(&registrant.password).await? else {
            return Err(RegisterError::Busy);
        };
        let registration = Registration {
            tag: Tag::draw(&*self.entropy),
            email: registrant.email.clone(),
            password: password.clone(),
            at: now,
            audit: vec![AuditEvent::new(
                now,
                Actor::Anonymous,
                "account.registered",
                Subject::Stored,
            )],
        };
        match self.accounts.register(registration).await? {
            Commit::Stale => Err(RegisterError::EmailTaken),
            Commit::Stored(id) => {
                let account = Account {
                    id,
                    email: registrant.email,
                    email_verified_at: None,
                    password: Some(password),
                    phone: None,
                    created_at: now,
                    disabled_at: None,
                    revision: Revision::At(Revision::Absent.next()),
                };
                // The account stands whether this succeeds or not; another mail can be asked for.
                drop(self.mail_verification(&account, now).await);
                Ok(account)
            }
        }
    }
}
