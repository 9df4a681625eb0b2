//! A row of the audit log, and the hash that chains it to the row before it.

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _};
use sha2::{Digest as _, Sha256};
use thunderbird_domain::audit::{Actor, AuditEvent, Subject};

use super::{
    Connection,
    schema::{audit_anchor, audit_log},
};

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
    /// The row of an event; `stored` is whom [`Subject::Stored`] stands for.
    pub(crate) fn of(id: i64, event: &AuditEvent, stored: Option<Subject>) -> Self {
        Self {
            id,
            at: event.at.as_micros(),
            actor: actor_word(event.actor),
            action: event.action.to_owned(),
            subject: subject_word(event.subject, stored),
            detail: detail_json(event),
        }
    }

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

/// The number and hash that the next row continues from.
pub(crate) fn newest(connection: &mut Connection) -> QueryResult<(i64, Vec<u8>)> {
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
