//! The audit log as a whole: each row's hash covers the row before it.

use diesel::{ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _};
use thunderbird_domain::port::PortFuture;

use super::{
    Connection, Store,
    audit_entry::Entry,
    dialect,
    schema::{audit_anchor, audit_log},
};

pub(crate) use super::audit_append::append;

/// Rows that a verification holds in memory.
const VERIFIED_AT_ONCE: i64 = 1_000;

/// What an audit log is found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditVerdict {
    /// Every row is as it was written, and none is missing since the anchor.
    Sound {
        /// How many rows there are.
        rows: u64,
    },
    /// From this row on the log is not what was written.
    Broken {
        /// The number of the first row that is missing or altered.
        row: i64,
    },
}

impl Store {
    /// Walks the whole audit log and follows its hashes, from the anchor that retention left.
    pub fn verify_audit(&self) -> PortFuture<'_, AuditVerdict> {
        // Rows are sealed and forgotten while it walks.
        self.read_log("audit log", |connection| {
            dialect::in_one_snapshot(connection, verify)
        })
    }
}

fn verify(connection: &mut Connection) -> QueryResult<AuditVerdict> {
    let (mut last, mut hash): (i64, Vec<u8>) = audit_anchor::table
        .select((audit_anchor::last_id, audit_anchor::hash))
        .first(connection)?;
    let mut rows = 0;
    loop {
        let page: Vec<Row> = audit_log::table
            .filter(audit_log::id.gt(last))
            .order(audit_log::id)
            .limit(VERIFIED_AT_ONCE)
            .load(connection)?;
        if page.is_empty() {
            break;
        }
        for (id, at, actor, action, subject, detail, kept) in page {
            let entry = Entry {
                id,
                at,
                actor,
                action,
                subject,
                detail,
            };
            let expected = last.saturating_add(1);
            hash = entry.chained(&hash);
            if id != expected || hash != kept {
                return Ok(AuditVerdict::Broken { row: expected });
            }
            (last, rows) = (id, rows + 1);
        }
    }
    // A log whose newest rows were cut off is shorter than the highest number that a row ever had.
    let given = dialect::highest_audit_id(connection)?;
    if given > last {
        return Ok(AuditVerdict::Broken {
            row: last.saturating_add(1),
        });
    }
    Ok(AuditVerdict::Sound { rows })
}

type Row = (i64, i64, String, String, String, String, Vec<u8>);
