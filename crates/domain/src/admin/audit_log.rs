//! The audit log as a list, and as one file.

use super::{Console, Cursor, PAGE_ROWS, PageOf, search};
use crate::{port::Fault, time::Timestamp};

/// Lines that an export reads at once, so that its memory does not grow with the log.
const EXPORT_ROWS: u32 = 1_000;

/// What an operator typed to find lines of the log. An empty field does not narrow the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditSearch<'a> {
    /// Who acted, as the log writes it: `admin:3`.
    pub actor: &'a str,
    /// Who was acted upon, as the log writes it: `account:7`.
    pub subject: &'a str,
    /// Where the list continues.
    pub before: Option<Cursor>,
}

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

impl Console {
    /// Lines of the audit log by actor and subject, newest first.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn audit(&self, search: AuditSearch<'_>) -> Result<PageOf<AuditLine>, Fault> {
        let filter = AuditFilter {
            actor: search::filled(search.actor).map(str::to_owned),
            subject: search::filled(search.subject).map(str::to_owned),
            before: search.before,
        };
        self.reader.audit(filter, PAGE_ROWS).await
    }

    /// The next chunk of the whole audit log, newest line first, for an export that writes while it reads.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn export_audit(&self, before: Option<Cursor>) -> Result<PageOf<AuditLine>, Fault> {
        let filter = AuditFilter {
            before,
            ..AuditFilter::default()
        };
        self.reader.audit(filter, EXPORT_ROWS).await
    }
}
