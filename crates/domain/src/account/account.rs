//! The account, and the port that keeps accounts.

use super::password::PasswordHash;
use crate::{
    audit::AuditEvent,
    email::Email,
    phone_number::PhoneNumber,
    port::{Commit, PortFuture, Revision},
    random::Tag,
    time::Timestamp,
};

/// A web account's id, given by the store and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(i64);

impl AccountId {
    /// An id that the store gave.
    pub const fn from_stored(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A web login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Where mail reaches its owner, and what they sign in with.
    pub email: Email,
    /// When the owner showed that mail reaches them.
    pub email_verified_at: Option<Timestamp>,
    /// The password, hashed. Nobody can sign in without one, until a reset by mail.
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
    /// When.
    pub at: Timestamp,
    /// What is written into the audit log; [`Stored`](crate::audit::Subject::Stored) names the new account.
    pub audit: Vec<AuditEvent>,
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
}
