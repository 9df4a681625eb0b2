//! Sessions and their refresh tokens.

pub(crate) mod end;
mod expire;
pub(crate) mod row;

use diesel::{
    AsChangeset, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _, insert_into, update,
};
use thunderbird_domain::{
    account::{
        AccountId, EndReason, EndSessions, ExpireSessions, KnownDevice, Session, SessionChange, SessionStart,
        SessionStatus, SessionStore, Started, WhichSessions,
    },
    id::SessionId,
    limit::Verdict,
    port::{Commit, PortFuture, Revision},
    secret::TokenDigest,
    time::Timestamp,
};

use super::{
    Connection, Key, Keys, Store, Unkeyed, account, audit,
    column::instant,
    device, limit, outgoing, phone,
    row_cache::CachedRows,
    schema::{refresh_tokens, sessions},
};
use end::{append_end, end_one, end_sessions};
use row::{find, of_account};

const PORT: &str = "session store";

impl SessionStore for Store {
    fn session_status(&self, id: SessionId) -> PortFuture<'_, Option<SessionStatus>> {
        self.read_cached(
            PORT,
            (CachedRows::session_statuses, id.get()),
            move |connection| {
                let row: Option<(i64, i64, i64, i64, i64, Option<i64>)> = sessions::table
                    .find(id.get())
                    .select((
                        sessions::account_id,
                        sessions::expires_at,
                        sessions::idle_expires_at,
                        sessions::generation,
                        sessions::used_generation,
                        sessions::ended_at,
                    ))
                    .first(connection)
                    .optional()?;
                Ok(row.map(
                    |(account, expires_at, idle_expires_at, generation, used, ended_at)| SessionStatus {
                        account: AccountId::from_stored(account),
                        expires_at: instant(expires_at),
                        idle_expires_at: instant(idle_expires_at),
                        generation,
                        used: used >= generation,
                        ended: ended_at.is_some(),
                    },
                ))
            },
        )
    }

    fn by_refresh(&self, digest: TokenDigest) -> PortFuture<'_, Option<(Session, i64)>> {
        self.read_here(PORT, move |connection| {
            let token: Option<(i64, i64)> = refresh_tokens::table
                .filter(refresh_tokens::digest.eq(digest.as_bytes().as_slice()))
                .select((refresh_tokens::session_id, refresh_tokens::generation))
                .first(connection)
                .optional()?;
            let Some((id, generation)) = token else {
                return Ok(None);
            };
            let found = find(connection, SessionId::from_stored(id))?;
            Ok(found.map(|session| (session, generation)))
        })
    }

    fn of_account(&self, account: AccountId) -> PortFuture<'_, Vec<Session>> {
        self.read_here(PORT, move |connection| of_account(connection, account))
    }

    fn device(&self, token: TokenDigest) -> PortFuture<'_, Option<KnownDevice>> {
        self.read_here(PORT, move |connection| device::find(connection, token))
    }

    fn start(&self, start: SessionStart) -> PortFuture<'_, Started> {
        let account = [Key::Account(start.account), Key::Limit(&start.clears)];
        let counters = limit::keys(&start.limits).chain(limit::keys(&start.counts));
        let keys = Keys::on(counters.chain(account));
        self.transact(PORT, keys, move |connection| {
            let known = account::find(connection, start.account)?;
            let verified = |revision| revision == start.verified;
            if !known.is_some_and(|account| account.disabled_at.is_none() && verified(account.revision)) {
                return Ok(Started::Stale);
            }
            if device::is_forgotten(connection, &start)? {
                return Ok(Started::Stale);
            }
            let verdict = limit::judge(connection, &start.limits, start.at)?;
            let verdict = verdict.and(limit::judge(connection, &start.counts, start.at)?);
            if let Verdict::Refused { retry_after } = verdict {
                return Ok(Started::Throttled { retry_after });
            }
            if !start.counts.is_empty() {
                limit::count(connection, &start.counts, start.at)?;
            }
            let expired = ExpireSessions {
                account: Some(start.account),
                at: start.at,
                audit: start.audit.ended.clone(),
            };
            expire::expire(connection, &expired)?;
            for surplus in Session::surplus(&of_account(connection, start.account)?, start.at) {
                if end_one(connection, surplus, start.at, EndReason::Surplus)? {
                    append_end(connection, &start.audit.ended, surplus, EndReason::Surplus)?;
                }
            }
            let id = insert(connection, &start)?;
            device::remember(connection, &start, id)?;
            limit::clear(connection, &start.clears)?;
            let started = start.audit.started.clone().with("session", id.get());
            audit::append(connection, &[started], None)?;
            Ok(Started::Stored(id))
        })
    }

    fn mark_used(&self, id: SessionId, generation: i64, at: Timestamp) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::OneStatement), move |connection| {
            let Some(mut session) = find(connection, id)? else {
                return Ok(());
            };
            if session.generation == generation && session.ended.is_none() {
                session.mark_used(at);
                let replaces = session.revision;
                swap(connection, replaces, &session)?;
            }
            Ok(())
        })
    }

    fn commit(&self, change: SessionChange) -> PortFuture<'_, Commit> {
        let session = &change.change.state;
        // The end of a session changes more of its account than this row, and only an end has a mail.
        let keys = match session.ended {
            Some(_) => Keys::on(outgoing::keys(&change.outgoing).chain([Key::Account(session.account)])),
            None => Keys::none(Unkeyed::OneStatement),
        };
        self.transact(PORT, keys, move |connection| {
            let session = &change.change.state;
            if !swap(connection, change.change.replaces, session)? {
                return Ok(Commit::Stale);
            }
            if session.ended.is_some() {
                phone::void(connection, session.account, change.at)?;
                device::forget(connection, session.account, WhichSessions::One(session.id))?;
            }
            remember(connection, session)?;
            outgoing::queue(connection, &change.outgoing, None, change.at)?;
            audit::append(connection, &change.audit, None)?;
            Ok(Commit::Stored(()))
        })
    }

    fn end(&self, end: EndSessions) -> PortFuture<'_, usize> {
        let keys = Keys::on([Key::Account(end.account)]);
        self.transact(PORT, keys, move |connection| Ok(end_sessions(connection, &end)?))
    }

    fn expire(&self, expire: ExpireSessions) -> PortFuture<'_, usize> {
        let keys = match expire.account {
            Some(account) => Keys::on([Key::Account(account)]),
            None => Keys::none(Unkeyed::Sweep),
        };
        self.transact(PORT, keys, move |connection| {
            Ok(expire::expire(connection, &expire)?)
        })
    }
}

fn insert(connection: &mut Connection, start: &SessionStart) -> QueryResult<SessionId> {
    let begun = Session::begin(SessionId::from_stored(0), start);
    let id: i64 = insert_into(sessions::table)
        .values((
            sessions::tag.eq(start.tag.as_bytes().as_slice()),
            sessions::account_id.eq(start.account.get()),
            sessions::created_at.eq(begun.started_at.as_micros()),
            Columns::of(&begun, begun.revision),
        ))
        .returning(sessions::id)
        .get_result(connection)?;
    let session = Session {
        id: SessionId::from_stored(id),
        ..begun
    };
    remember(connection, &session)?;
    Ok(session.id)
}

/// Keeps the current refresh token, unless it is kept already.
fn remember(connection: &mut Connection, session: &Session) -> QueryResult<()> {
    insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::session_id.eq(session.id.get()),
            refresh_tokens::generation.eq(session.generation),
            refresh_tokens::digest.eq(session.current.as_bytes().as_slice()),
            refresh_tokens::created_at.eq(session.last_seen_at.as_micros()),
        ))
        .on_conflict((refresh_tokens::session_id, refresh_tokens::generation))
        .do_nothing()
        .execute(connection)
        .map(|_| ())
}

/// Compares and swaps. False when another writer was first.
fn swap(connection: &mut Connection, replaces: Revision, session: &Session) -> QueryResult<bool> {
    let Revision::At(held) = replaces else {
        return Ok(false);
    };
    let row = sessions::table
        .filter(sessions::id.eq(session.id.get()))
        .filter(sessions::revision.eq(held));
    let columns = Columns::of(session, Revision::At(replaces.next()));
    update(row).set(columns).execute(connection).map(|rows| rows == 1)
}

/// What changes while a session lasts.
#[derive(AsChangeset, diesel::Insertable)]
#[diesel(table_name = sessions, treat_none_as_null = true)]
struct Columns {
    user_agent: Option<String>,
    last_seen_at: i64,
    expires_at: i64,
    idle_expires_at: i64,
    generation: i64,
    used_generation: i64,
    successor: Option<Vec<u8>>,
    ended_at: Option<i64>,
    end_reason: Option<String>,
    revision: i64,
}

impl Columns {
    fn of(session: &Session, revision: Revision) -> Self {
        let used_generation = if session.used {
            session.generation
        } else {
            session.generation - 1
        };
        Self {
            user_agent: session.user_agent.as_ref().map(|name| name.as_str().to_owned()),
            last_seen_at: session.last_seen_at.as_micros(),
            expires_at: session.expires_at.as_micros(),
            idle_expires_at: session.idle_expires_at.as_micros(),
            generation: session.generation,
            used_generation,
            successor: session.successor.map(|sealed| sealed.as_bytes().to_vec()),
            ended_at: session.ended.map(|(at, _)| at.as_micros()),
            end_reason: session.ended.map(|(_, reason)| reason.as_str().to_owned()),
            revision: match revision {
                Revision::At(counter) => counter,
                Revision::Absent => 0,
            },
        }
    }
}
