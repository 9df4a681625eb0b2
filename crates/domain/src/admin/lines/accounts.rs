//! Accounts as a list and a page show them.

use super::page::Cursor;
use crate::{
    id::{AccountId, SessionId},
    phone_number::PhoneNumber,
    time::Timestamp,
};

/// Which accounts a list has.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// Beginning of an e-mail address, in lower case.
    pub email: Option<String>,
    /// Only rows below this one.
    pub before: Option<Cursor>,
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// The owner can sign in.
    Active,
    /// An operator disabled the account at this instant; nobody can sign in.
    DisabledAt(Timestamp),
}

impl AccountStatus {
    /// The status of an account that was disabled at this instant, or was not.
    pub fn of(disabled_at: Option<Timestamp>) -> Self {
        disabled_at.map_or(Self::Active, Self::DisabledAt)
    }

    /// True if nobody can sign in to the account.
    pub const fn is_disabled(self) -> bool {
        matches!(self, Self::DisabledAt(_))
    }
}

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// Id of the account.
    pub id: AccountId,
    /// E-mail address as it is stored.
    pub email: String,
    /// True if the address is verified.
    pub verified: bool,
    /// When the account was registered.
    pub created_at: Timestamp,
    /// Whether the account can be used.
    pub status: AccountStatus,
}

/// A live session of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// Id of the session.
    pub id: SessionId,
    /// What its client calls itself.
    pub user_agent: Option<String>,
    /// When the session began.
    pub created_at: Timestamp,
    /// When the session was last used.
    pub last_seen_at: Timestamp,
}

/// A number that is, or was, linked to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkLine {
    /// Number that was linked.
    pub phone: PhoneNumber,
    /// When the link began.
    pub started_at: Timestamp,
    /// When the link ended; `None` while it lasts.
    pub ended_at: Option<Timestamp>,
}

/// Everything on an account's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPage {
    /// The account as a list shows it.
    pub account: AccountLine,
    /// Live sessions, newest first.
    pub sessions: Vec<SessionLine>,
    /// Numbers, newest link first.
    pub links: Vec<LinkLine>,
}
