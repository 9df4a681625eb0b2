//! Sessions in memory.

use thunderbird_domain::{
    account::{
        AccountId, EndReason, EndSessions, ExpireSessions, KnownDevice, Session, SessionChange, SessionStart,
        SessionStatus, SessionStore, Started, WhichSessions,
    },
    id::{DeviceId, SessionId},
    limit::Verdict,
    port::{Commit, PortFuture},
    secret::TokenDigest,
    time::Timestamp,
};

use super::{bumped, ended};
use crate::memory::{self, MemoryStore};

impl SessionStore for MemoryStore {
    fn session_status(&self, id: SessionId) -> PortFuture<'_, Option<SessionStatus>> {
        let seen = self.lock().accounts.session(id).map(|session| SessionStatus {
            account: session.account,
            expires_at: session.expires_at,
            idle_expires_at: session.idle_expires_at,
            generation: session.generation,
            used: session.used,
            ended: session.ended.is_some(),
        });
        Box::pin(async move { Ok(seen) })
    }

    fn by_refresh(&self, digest: TokenDigest) -> PortFuture<'_, Option<(Session, i64)>> {
        let mut state = self.lock();
        let token = state.accounts.refresh_tokens.get(&digest).copied();
        let found = token.and_then(|(id, generation)| {
            let session = state.accounts.session(id)?;
            Some((session.clone(), generation))
        });
        Box::pin(async move { Ok(found) })
    }

    fn of_account(&self, account: AccountId) -> PortFuture<'_, Vec<Session>> {
        let state = self.lock();
        let of_account = |session: &&Session| session.account == account && session.ended.is_none();
        let found = state
            .accounts
            .sessions
            .iter()
            .rev()
            .filter(of_account)
            .cloned()
            .collect();
        Box::pin(async move { Ok(found) })
    }

    fn device(&self, token: TokenDigest) -> PortFuture<'_, Option<KnownDevice>> {
        let found = self.lock().accounts.devices.find(token);
        Box::pin(async move { Ok(found) })
    }

    fn start(&self, start: SessionStart) -> PortFuture<'_, Started> {
        let started = begin(&mut self.lock(), &start);
        Box::pin(async move { Ok(started) })
    }

    fn mark_used(&self, id: SessionId, generation: i64, at: Timestamp) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        let current = |session: &&mut Session| session.generation == generation && session.ended.is_none();
        if let Some(session) = state.accounts.session(id).filter(current) {
            session.mark_used(at);
            session.revision = bumped(session.revision);
        }
        Box::pin(async move { Ok(()) })
    }

    fn commit(&self, change: SessionChange) -> PortFuture<'_, Commit> {
        let mut state = self.lock();
        let next = Session {
            revision: bumped(change.change.replaces),
            ..change.change.state
        };
        let held = state
            .accounts
            .session(next.id)
            .filter(|held| held.revision == change.change.replaces);
        let commit = match held {
            None => Commit::Stale,
            Some(held) => {
                *held = next.clone();
                state.accounts.remember(&next);
                if next.ended.is_some() {
                    state.phones.void(next.account);
                    let ended = WhichSessions::One(next.id);
                    state.accounts.devices.forget(next.account, ended);
                }
                state.queue_at(&change.outgoing, change.at);
                state.audit.extend(change.audit);
                Commit::Stored(())
            }
        };
        Box::pin(async move { Ok(commit) })
    }

    fn end(&self, end: EndSessions) -> PortFuture<'_, usize> {
        let mut state = self.lock();
        let audit = state.accounts.end(&end);
        state.phones.void(end.account);
        let ended = audit.len();
        state.audit.extend(audit);
        Box::pin(async move { Ok(ended) })
    }

    fn expire(&self, expire: ExpireSessions) -> PortFuture<'_, usize> {
        let mut state = self.lock();
        let audit = state.accounts.expire(&expire);
        let ended = audit.len();
        state.audit.extend(audit);
        Box::pin(async move { Ok(ended) })
    }
}

fn begin(state: &mut memory::State, start: &SessionStart) -> Started {
    let known = state.accounts.account(start.account);
    if known.is_none_or(|account| account.disabled_at.is_some() || account.revision != start.verified) {
        return Started::Stale;
    }
    if state.accounts.devices.is_forgotten(start) {
        return Started::Stale;
    }
    let verdict = state.limits.judge(&start.limits, start.at);
    let verdict = verdict.and(state.limits.judge(&start.counts, start.at));
    if let Verdict::Refused { retry_after } = verdict {
        return Started::Throttled { retry_after };
    }
    state.limits.count(&start.counts, start.at);
    let expired = state.accounts.expire(&ExpireSessions {
        account: Some(start.account),
        at: start.at,
        audit: start.audit.ended.clone(),
    });
    state.audit.extend(expired);
    let accounts = &mut state.accounts;
    let of_account = |session: &&Session| session.account == start.account;
    let sessions: Vec<_> = accounts.sessions.iter().filter(of_account).cloned().collect();
    for surplus in Session::surplus(&sessions, start.at) {
        accounts.end_one(surplus, start.at, EndReason::Surplus);
        state
            .audit
            .push(ended(&start.audit.ended, surplus, EndReason::Surplus));
    }
    let session = Session::begin(SessionId::from_stored(accounts.next_id()), start);
    accounts.remember(&session);
    let device = DeviceId::from_stored(accounts.next_id());
    accounts.devices.remember(start, session.id, device);
    state
        .audit
        .push(start.audit.started.clone().with("session", session.id.get()));
    state.limits.clear(&start.clears);
    let id = session.id;
    accounts.sessions.push(session);
    Started::Stored(id)
}
