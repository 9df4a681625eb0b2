//! The audit log as a list, and as one file.

use super::{
    console::Console,
    lines::{AuditFilter, AuditLine, Cursor, PAGE_ROWS, PageOf},
    search,
};
use crate::port::Fault;

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
