//! Who did what to whom. Every event is written in the commit of what it tells, and hash-chained by the store.

use crate::{
    id::{AccountId, AdminId, MessageId, UserId},
    time::Timestamp,
};

/// Who acted. People are named by id only, never by e-mail or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// An unauthenticated caller.
    Anonymous,
    /// The service itself, or the operator's command line.
    System,
    /// A signed-in account.
    Account(AccountId),
    /// A hiker, by text.
    User(UserId),
    /// An administrator of the console.
    Admin(AdminId),
}

/// Who or what was acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The row this commit stores, whose id only the store knows.
    Stored,
    /// A web account.
    Account(AccountId),
    /// A hiker by id.
    User(UserId),
    /// An administrator of the console.
    Admin(AdminId),
    /// A message, by row id.
    Message(MessageId),
    /// The service as a whole.
    Service,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What was done: `context.event` in the past tense, such as `account.registered`.
    pub action: &'static str,
    /// What it was done to.
    pub subject: Subject,
    /// Ids, counts and reasons; never an e-mail, a number, a body or a secret.
    pub detail: Vec<(&'static str, String)>,
}

impl AuditEvent {
    /// An event without details.
    pub fn new(at: Timestamp, actor: Actor, action: &'static str, subject: Subject) -> Self {
        Self {
            at,
            actor,
            action,
            subject,
            detail: Vec::new(),
        }
    }

    /// The same event with one detail more.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers pass numbers and literals")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.detail.push((name, value.to_string()));
        self
    }
}
