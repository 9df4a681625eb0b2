//! The audit log: appended in the commit of what it tells, each row's hash covering the row before it.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, QueryableByName,
    RunQueryDsl as _, insert_into, sql_query, sql_types::BigInt,
};
use sha2::{Digest as _, Sha256};
use thunderbird_domain::{
    audit::{Actor, AuditEvent, Subject},
    port::PortFuture,
};

use super::schema::{audit_anchor, audit_log};
use super::{Connection, Store};

/// Rows that a verification holds in memory.
const VERIFIED_AT_ONCE: i64 = 1_000;

/// Appends `events`. `stored` is whom [`Subject::Stored`] stands for: the row that this commit wrote.
pub(crate) fn append(
    connection: &mut Connection,
    events: &[AuditEvent],
    stored: Option<Subject>,
) -> QueryResult<()> {
    if events.is_empty() {
        return Ok(());
    }
    let (mut id, mut hash) = newest(connection)?;
    for event in events {
        id = id.saturating_add(1);
        let row = Entry {
            id,
            at: event.at.as_micros(),
            actor: actor_word(event.actor),
            action: event.action.to_owned(),
            subject: subject_word(event.subject, stored),
            detail: detail_json(event),
        };
        hash = row.chained(&hash);
        insert_into(audit_log::table)
            .values((
                audit_log::id.eq(row.id),
                audit_log::at.eq(row.at),
                audit_log::actor.eq(row.actor),
                audit_log::action.eq(row.action),
                audit_log::subject.eq(row.subject),
                audit_log::detail.eq(row.detail),
                audit_log::hash.eq(&hash),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// The number and hash that the next row continues from.
fn newest(connection: &mut Connection) -> QueryResult<(i64, Vec<u8>)> {
    let last = audit_log::table
        .order(audit_log::id.desc())
        .select((audit_log::id, audit_log::hash));
    match last.first(connection).optional()? {
        Some(found) => Ok(found),
        None => audit_anchor::table
            .select((audit_anchor::last_id, audit_anchor::hash))
            .first(connection),
    }
}

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
        self.read("audit log", verify)
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
    let given: Given =
        sql_query("SELECT coalesce(max(seq), 0) AS value FROM sqlite_sequence WHERE name = 'audit_log'")
            .get_result(connection)?;
    if given.value > last {
        return Ok(AuditVerdict::Broken {
            row: last.saturating_add(1),
        });
    }
    Ok(AuditVerdict::Sound { rows })
}

type Row = (i64, i64, String, String, String, String, Vec<u8>);

/// The highest number that a row ever had: a log whose newest rows were cut off is shorter than that.
#[derive(QueryableByName)]
struct Given {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// A row's fields, in the order in which they are hashed.
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) at: i64,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) detail: String,
}

impl Entry {
    /// SHA-256 over the previous hash and this row, every text preceded by its length.
    pub(crate) fn chained(&self, previous: &[u8]) -> Vec<u8> {
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(self.id.to_be_bytes());
        hasher.update(self.at.to_be_bytes());
        for text in [&self.actor, &self.action, &self.subject, &self.detail] {
            hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.finalize().to_vec()
    }
}

fn actor_word(actor: Actor) -> String {
    match actor {
        Actor::Anonymous => "anonymous".to_owned(),
        Actor::System => "system".to_owned(),
        Actor::Account(id) => format!("account:{}", id.get()),
        Actor::User(id) => format!("user:{}", id.get()),
        Actor::Admin(id) => format!("admin:{}", id.get()),
    }
}

fn subject_word(subject: Subject, stored: Option<Subject>) -> String {
    match subject {
        Subject::Stored => match stored {
            None | Some(Subject::Stored) => "service".to_owned(),
            Some(known) => subject_word(known, None),
        },
        Subject::Account(id) => format!("account:{}", id.get()),
        Subject::User(id) => format!("user:{}", id.get()),
        Subject::Admin(id) => format!("admin:{}", id.get()),
        Subject::Message(id) => format!("message:{}", id.get()),
        Subject::Service => "service".to_owned(),
    }
}

fn detail_json(event: &AuditEvent) -> String {
    let fields = event
        .detail
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone().into()));
    serde_json::Value::Object(fields.collect()).to_string()
}
