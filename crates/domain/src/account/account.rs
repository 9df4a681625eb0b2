//! The account, and the port that keeps accounts.

use super::{EndSessions, MailPurpose, password::PasswordHash};
use crate::{
    audit::AuditEvent,
    email::Email,
    id::AccountId,
    limit::LimitKey,
    outgoing::Outgoing,
    phone_number::PhoneNumber,
    port::{Change, Commit, PortFuture, Revision},
    random::Tag,
    secret::TokenDigest,
    time::Timestamp,
};

/// A web login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Id of the account.
    pub id: AccountId,
    /// Where mail reaches its owner, and what they sign in with.
    pub email: Email,
    /// When the owner showed that mail reaches them.
    pub email_verified_at: Option<Timestamp>,
    /// The password, hashed. If it is absent, sign-in is impossible until a reset by mail.
    pub password: Option<PasswordHash>,
    /// The number whose possession was proven, if any.
    pub phone: Option<PhoneNumber>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Since when it may not sign in.
    pub disabled_at: Option<Timestamp>,
    /// The state that a change replaces.
    pub revision: Revision,
}

/// A new account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Names the account before it has an id.
    pub tag: Tag,
    /// Its address; no other account has it.
    pub email: Email,
    /// Its password, hashed.
    pub password: PasswordHash,
    /// When the account is registered (UTC).
    pub at: Timestamp,
    /// What is written into the audit log; [`Stored`](crate::audit::Subject::Stored) names the new account.
    pub audit: Vec<AuditEvent>,
}

/// An account's new state, with everything that happens only if it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChange {
    /// The state and what it replaces. The address, the phone and the time of registration stay as they are.
    pub change: Change<Account>,
    /// When the account changes (UTC).
    pub at: Timestamp,
    /// The mailed token that this spends.
    pub spends: Option<(MailPurpose, TokenDigest)>,
    /// Mailed tokens that are worth nothing afterwards.
    pub voids: Vec<MailPurpose>,
    /// The sessions that end.
    pub ends: Option<EndSessions>,
    /// The counters that are cleared.
    pub clears: Vec<LimitKey>,
    /// What is sent.
    pub outgoing: Vec<Outgoing>,
    /// What is written into the audit log.
    pub audit: Vec<AuditEvent>,
}

impl AccountChange {
    /// A change of nothing but the account.
    pub fn new(account: &Account, at: Timestamp, change: impl FnOnce(&mut Account)) -> Self {
        let mut state = account.clone();
        change(&mut state);
        Self {
            change: Change {
                replaces: account.revision,
                state,
            },
            at,
            spends: None,
            voids: Vec::new(),
            ends: None,
            clears: Vec::new(),
            outgoing: Vec::new(),
            audit: Vec::new(),
        }
    }
}

/// Keeps accounts. Contract: `thunderbird_testkit::contract::account`.
pub trait AccountStore: Send + Sync {
    /// The account with this id, disabled or not.
    fn by_id(&self, id: AccountId) -> PortFuture<'_, Option<Account>>;

    /// The account with this address, disabled or not.
    fn by_email(&self, email: &Email) -> PortFuture<'_, Option<Account>>;

    /// Stores a new account with its audit.
    ///
    /// [`Commit::Stale`], and nothing stored, when another account has the address; of many at once, one is stored.
    fn register(&self, registration: Registration) -> PortFuture<'_, Commit<AccountId>>;

    /// Stores an account's new state and does all that goes with it, or nothing.
    ///
    /// [`Commit::Stale`] unless the account is at the revision that is replaced and the token that is spent is neither
    /// spent nor replaced; of many at once, one is stored.
    fn change(&self, change: AccountChange) -> PortFuture<'_, Commit>;
}
