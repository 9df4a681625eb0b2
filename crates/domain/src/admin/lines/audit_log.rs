//! The audit log as a list shows it.

use super::page::Cursor;
use crate::time::Timestamp;

/// Which lines of the audit log a list has.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Who acted, as the log writes it: `admin:3`.
    pub actor: Option<String>,
    /// Who was acted upon, as the log writes it: `account:7`.
    pub subject: Option<String>,
    /// Only lines below this one.
    pub before: Option<Cursor>,
}

/// A line of the audit log. Its words are shown as they are stored, because they are covered by the log's hash chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Number of the line.
    pub number: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who acted.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Who or what was acted upon.
    pub subject: String,
    /// Details as a JSON object.
    pub detail: String,
}
