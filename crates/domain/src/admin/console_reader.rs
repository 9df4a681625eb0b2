//! The console's questions. Read models: rows as a person looks at them, nothing is decided on them.

use super::{Figures, Role};
use crate::{
    id::{AccountId, UserId},
    phone_number::PhoneNumber,
    port::PortFuture,
    time::Timestamp,
};

/// Part of a list, newest first, and where the next part begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOf<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The last row's id, when there are more.
    pub next: Option<i64>,
}

/// Which hikers.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// The beginning of a number in E.164.
    pub phone: Option<String>,
    /// The beginning of a trail name, in any case.
    pub name: Option<String>,
    /// A route.
    pub route: Option<String>,
    /// Rows older than this one.
    pub before: Option<i64>,
}

/// A hiker in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLine {
    /// Whose row it is.
    pub id: UserId,
    /// On which number.
    pub phone: PhoneNumber,
    /// As whom they walk.
    pub trail_name: String,
    /// Their route.
    pub route: String,
    /// Their last position.
    pub position: Option<(String, Timestamp)>,
    /// The account they are linked to.
    pub account: Option<AccountId>,
    /// When their time on the number began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A check-in in a hiker's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInLine {
    /// When.
    pub at: Timestamp,
    /// The camp's code.
    pub code: String,
    /// The camp's name.
    pub name: String,
    /// `sms`, `web` or `adopted`.
    pub source: String,
    /// How many contacts a notice was queued for.
    pub contacts_told: i64,
}

/// A SafeCheck contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLine {
    /// Their name.
    pub name: String,
    /// Their number.
    pub phone: PhoneNumber,
    /// Whether they do not want our texts.
    pub opted_out: bool,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLine {
    /// The row.
    pub id: i64,
    /// When it was stored.
    pub at: Timestamp,
    /// Whether it came in.
    pub inbound: bool,
    /// The other number, or an alphanumeric sender.
    pub phone: String,
    /// What it says; `None` when it was erased.
    pub body: Option<String>,
    /// Whether it carries a code or a word, which is never shown.
    pub sealed: bool,
    /// safety, code or notice.
    pub class: Option<String>,
    /// Its state.
    pub state: String,
    /// When it came into that state.
    pub state_at: Timestamp,
    /// Twilio's error.
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// Its segments.
    pub segments: i64,
}

/// Everything on a hiker's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPage {
    /// The hiker.
    pub user: UserLine,
    /// Whether they do not want our texts.
    pub opted_out: bool,
    /// Their contacts, oldest first.
    pub contacts: Vec<ContactLine>,
    /// Their last check-ins, newest first.
    pub check_ins: Vec<CheckInLine>,
    /// The last texts of their time on the number, oldest first.
    pub conversation: Vec<MessageLine>,
}

/// Which accounts.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// The beginning of an e-mail address, in lower case.
    pub email: Option<String>,
    /// Rows older than this one.
    pub before: Option<i64>,
}

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// Which account.
    pub id: AccountId,
    /// Its address.
    pub email: String,
    /// Whether the address is proven.
    pub verified: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it cannot be used.
    pub disabled_at: Option<Timestamp>,
}

/// A live session of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// The session.
    pub id: i64,
    /// What its client calls itself.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
}

/// A proven number, now or in the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkLine {
    /// The number.
    pub phone: PhoneNumber,
    /// When it was proven.
    pub started_at: Timestamp,
    /// When that ended.
    pub ended_at: Option<Timestamp>,
}

/// Everything on an account's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPage {
    /// The account.
    pub account: AccountLine,
    /// Its live sessions, newest first.
    pub sessions: Vec<SessionLine>,
    /// Its numbers, newest first.
    pub links: Vec<LinkLine>,
}

/// Which texts.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    /// A state.
    pub state: Option<String>,
    /// An error code.
    pub error: Option<String>,
    /// A number in E.164.
    pub phone: Option<String>,
    /// Not older than this.
    pub since: Option<Timestamp>,
    /// Not newer than this.
    pub until: Option<Timestamp>,
    /// Rows older than this one.
    pub before: Option<i64>,
}

/// A number that may not be texted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOutLine {
    /// The row.
    pub id: i64,
    /// The number.
    pub phone: PhoneNumber,
    /// How it came about.
    pub source: String,
    /// Since when.
    pub started_at: Timestamp,
}

/// Which lines of the audit log.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Who acted, as the log writes it: `admin:3`.
    pub actor: Option<String>,
    /// Who was acted upon, as the log writes it: `account:7`.
    pub subject: Option<String>,
    /// Rows older than this one.
    pub before: Option<i64>,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who acted.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To whom.
    pub subject: String,
    /// The details, as JSON.
    pub detail: String,
}

/// Answers the console's questions; none of them scans a table that grows. Contract:
/// `thunderbird_testkit::contract::console_reader`.
pub trait ConsoleReader: Send + Sync {
    /// Counts since `since`.
    fn figures(&self, since: Timestamp) -> PortFuture<'_, Figures>;

    /// Hikers, newest first.
    fn users(&self, filter: UserFilter, limit: i64) -> PortFuture<'_, PageOf<UserLine>>;

    /// A hiker's page.
    fn user(&self, id: UserId) -> PortFuture<'_, Option<UserPage>>;

    /// Accounts, newest first.
    fn accounts(&self, filter: AccountFilter, limit: i64) -> PortFuture<'_, PageOf<AccountLine>>;

    /// An account's page.
    fn account(&self, id: AccountId) -> PortFuture<'_, Option<AccountPage>>;

    /// Texts, newest first.
    fn messages(&self, filter: MessageFilter, limit: i64) -> PortFuture<'_, PageOf<MessageLine>>;

    /// One text.
    fn message(&self, id: i64) -> PortFuture<'_, Option<MessageLine>>;

    /// Opt-outs that stand, newest first.
    fn opt_outs(&self, before: Option<i64>, limit: i64) -> PortFuture<'_, PageOf<OptOutLine>>;

    /// The audit log, newest first.
    fn audit(&self, filter: AuditFilter, limit: i64) -> PortFuture<'_, PageOf<AuditLine>>;
}

impl Role {
    /// Whether this role may change things and see what is masked.
    pub const fn may_act(self) -> bool {
        matches!(self, Self::Operator)
    }
}
