//! Sessions as they are stored.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _,
    QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
};
use thunderbird_domain::{
    account::{AccountId, EXPIRED_AT_ONCE, EndReason, SealedToken, Session, UserAgent},
    id::SessionId,
    port::Revision,
    time::Timestamp,
};

use super::super::{
    Connection,
    column::{self, instant},
    schema::{refresh_tokens, sessions},
};

/// Sessions, each with its current refresh token.
macro_rules! rows {
    () => {
        sessions::table
            .inner_join(
                refresh_tokens::table.on(refresh_tokens::session_id
                    .eq(sessions::id)
                    .and(refresh_tokens::generation.eq(sessions::generation))),
            )
            .select((
                sessions::id,
                sessions::account_id,
                sessions::created_at,
                sessions::last_seen_at,
                sessions::user_agent,
                sessions::expires_at,
                sessions::idle_expires_at,
                sessions::generation,
                refresh_tokens::digest,
                sessions::used_generation,
                sessions::successor,
                sessions::ended_at,
                sessions::end_reason,
                sessions::revision,
            ))
    };
}

#[derive(Queryable)]
struct Row {
    id: i64,
    account: i64,
    created_at: i64,
    last_seen_at: i64,
    user_agent: Option<String>,
    expires_at: i64,
    idle_expires_at: i64,
    generation: i64,
    digest: Vec<u8>,
    used_generation: i64,
    successor: Option<Vec<u8>>,
    ended_at: Option<i64>,
    end_reason: Option<String>,
    revision: i64,
}

impl Row {
    fn read(self) -> QueryResult<Session> {
        let corrupt = |name| column::corrupt(name, self.id);
        let ended = match (self.ended_at, self.end_reason) {
            (Some(at), Some(reason)) => {
                let reason = EndReason::parse(&reason).ok_or_else(|| corrupt("sessions.end_reason"))?;
                Some((instant(at), reason))
            }
            (None, None) => None,
            _ => return Err(corrupt("sessions.ended_at")),
        };
        let sealed = |bytes: Vec<u8>| <[u8; 32]>::try_from(bytes).map_err(|_| corrupt("sessions.successor"));
        Ok(Session {
            id: SessionId::from_stored(self.id),
            account: AccountId::from_stored(self.account),
            started_at: instant(self.created_at),
            last_seen_at: instant(self.last_seen_at),
            user_agent: self.user_agent.as_deref().and_then(UserAgent::parse),
            expires_at: instant(self.expires_at),
            idle_expires_at: instant(self.idle_expires_at),
            generation: self.generation,
            current: column::digest(&self.digest, "refresh_tokens.digest", self.id)?,
            used: self.used_generation >= self.generation,
            successor: self
                .successor
                .map(sealed)
                .transpose()?
                .map(SealedToken::from_bytes),
            ended,
            revision: Revision::At(self.revision),
        })
    }
}

/// The session with this id.
pub(super) fn find(connection: &mut Connection, id: SessionId) -> QueryResult<Option<Session>> {
    let row: Option<Row> = rows!()
        .filter(sessions::id.eq(id.get()))
        .first(connection)
        .optional()?;
    row.map(Row::read).transpose()
}

/// Every session of an account, ended ones included, newest first.
pub(crate) fn all_of_account(connection: &mut Connection, account: AccountId) -> QueryResult<Vec<Session>> {
    let rows: Vec<Row> = rows!()
        .filter(sessions::account_id.eq(account.get()))
        .order(sessions::id.desc())
        .load(connection)?;
    rows.into_iter().map(Row::read).collect()
}

/// The sessions of an account that have not ended, newest first.
pub(super) fn of_account(connection: &mut Connection, account: AccountId) -> QueryResult<Vec<Session>> {
    let rows: Vec<Row> = rows!()
        .filter(sessions::account_id.eq(account.get()))
        .filter(sessions::ended_at.is_null())
        .order(sessions::id.desc())
        .load(connection)?;
    rows.into_iter().map(Row::read).collect()
}

/// Sessions that have not ended and were not seen for long enough, of any account.
pub(super) fn longest_idle(connection: &mut Connection, by: Timestamp) -> QueryResult<Vec<Session>> {
    let rows: Vec<Row> = rows!()
        .filter(sessions::ended_at.is_null())
        .filter(sessions::idle_expires_at.le(by.as_micros()))
        .order(sessions::idle_expires_at)
        .limit(i64::try_from(EXPIRED_AT_ONCE).unwrap_or(i64::MAX))
        .load(connection)?;
    rows.into_iter().map(Row::read).collect()
}
