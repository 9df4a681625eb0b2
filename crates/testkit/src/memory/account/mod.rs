//! Accounts and their sessions in memory.

use std::collections::HashMap;

use thunderbird_domain::{
    account::{
        Account, AccountChange, AccountId, AccountStore, EXPIRED_AT_ONCE, EndReason, EndSessions,
        ExpireSessions, KnownDevice, MailPurpose, MailToken, MailTokenIssue, MailTokenRequest,
        MailTokenStore, Registration, Session, WhichSessions,
    },
    audit::{AuditEvent, Subject},
    email::Email,
    id::SessionId,
    limit::Verdict,
    phone_number::PhoneNumber,
    port::{Commit, PortFuture, Revision},
    privacy::RetentionCutoffs,
    secret::TokenDigest,
    time::Timestamp,
};

use super::MemoryStore;

mod device;
mod session;

/// Accounts, sessions, and every refresh token there ever was.
#[derive(Default)]
pub(crate) struct State {
    accounts: Vec<Account>,
    sessions: Vec<Session>,
    devices: device::State,
    /// How many accounts, sessions and devices there ever were: ids are never reused.
    given: i64,
    refresh_tokens: HashMap<TokenDigest, (SessionId, i64)>,
    mail_tokens: Vec<MailToken>,
}

impl State {
    pub(crate) fn account(&mut self, id: AccountId) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// The account that a number is linked to now.
    pub(crate) fn linked_to(&self, phone: &PhoneNumber) -> Option<AccountId> {
        let linked = |account: &&Account| account.phone.as_ref() == Some(phone);
        self.accounts.iter().find(linked).map(|account| account.id)
    }

    /// Every session of an account, newest first.
    pub(crate) fn all_sessions(&self, id: AccountId) -> Vec<Session> {
        let own = self.sessions.iter().rev().filter(|session| session.account == id);
        own.cloned().collect()
    }

    /// The devices of an account, the last used first.
    pub(crate) fn devices(&self, id: AccountId) -> Vec<KnownDevice> {
        self.devices.of_account(id)
    }

    /// Forgets replaced refresh tokens; says whether there were any.
    pub(crate) fn prune_refresh_tokens(&mut self, id: AccountId) -> bool {
        let own: HashMap<_, _> = self
            .all_sessions(id)
            .into_iter()
            .map(|session| (session.id, session.generation))
            .collect();
        let before = self.refresh_tokens.len();
        self.refresh_tokens
            .retain(|_, (session, generation)| own.get(session).is_none_or(|current| generation == current));
        self.refresh_tokens.len() < before
    }

    /// Forgets sessions and mailed tokens beyond the cutoffs; says how many.
    pub(crate) fn forget_before(&mut self, cutoffs: RetentionCutoffs) -> usize {
        let before = self.sessions.len() + self.mail_tokens.len() + self.devices.len();
        self.devices.forget_before(cutoffs.devices);
        self.sessions.retain(|session| {
            let end = session.ended.map_or(session.idle_expires_at, |(at, _)| at);
            end >= cutoffs.sessions
        });
        let kept: Vec<_> = self.sessions.iter().map(|session| session.id).collect();
        self.refresh_tokens
            .retain(|_, (session, _)| kept.contains(session));
        self.mail_tokens
            .retain(|token| token.expires_at >= cutoffs.mail_tokens);
        before - self.sessions.len() - self.mail_tokens.len() - self.devices.len()
    }

    /// Forgets an account with everything of its own.
    pub(crate) fn forget(&mut self, id: AccountId) {
        let own: Vec<_> = self
            .all_sessions(id)
            .into_iter()
            .map(|session| session.id)
            .collect();
        self.refresh_tokens
            .retain(|_, (session, _)| !own.contains(session));
        self.sessions.retain(|session| session.account != id);
        self.devices.forget(id, WhichSessions::All);
        self.mail_tokens.retain(|token| token.account != id);
        self.accounts.retain(|account| account.id != id);
    }

    fn void(&mut self, purpose: MailPurpose, account: AccountId) {
        self.mail_tokens
            .retain(|token| token.purpose != purpose || token.account != account);
    }

    /// Spends a token; says whether it was open.
    fn spend(&mut self, (purpose, digest): (MailPurpose, TokenDigest)) -> bool {
        let open = self.mail_tokens.len();
        self.mail_tokens
            .retain(|token| token.purpose != purpose || token.digest != digest);
        self.mail_tokens.len() < open
    }

    fn session(&mut self, id: SessionId) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    fn next_id(&mut self) -> i64 {
        self.given += 1;
        self.given
    }

    fn remember(&mut self, session: &Session) {
        self.refresh_tokens
            .insert(session.current, (session.id, session.generation));
    }

    /// Ends one session; says whether it had not ended yet.
    fn end_one(&mut self, id: SessionId, at: Timestamp, reason: EndReason) -> bool {
        let Some(session) = self.session(id).filter(|session| session.ended.is_none()) else {
            return false;
        };
        session.ended = Some((at, reason));
        session.successor = None;
        session.revision = bumped(session.revision);
        true
    }

    /// Ends sessions whose time is over; answers with the audit of it.
    fn expire(&mut self, expire: &ExpireSessions) -> Vec<AuditEvent> {
        let mut over: Vec<_> = self
            .sessions
            .iter()
            .filter(|session| expire.account.is_none_or(|account| session.account == account))
            .filter(|session| session.ended.is_none() && !session.is_live(expire.at))
            .map(|session| (session.time_over_at(), session.id, session.account))
            .collect();
        over.sort_unstable();
        over.truncate(EXPIRED_AT_ONCE);
        over.into_iter()
            .map(|(at, id, account)| {
                self.end_one(id, at, EndReason::Expired);
                let mut event = ended(&expire.audit, id, EndReason::Expired);
                if event.subject == Subject::Stored {
                    event.subject = Subject::Account(account);
                }
                event
            })
            .collect()
    }

    /// Ends sessions; answers with the audit of it.
    pub(crate) fn end(&mut self, end: &EndSessions) -> Vec<AuditEvent> {
        if end.forgets_devices() {
            self.devices.forget(end.account, end.which);
        }
        let ids: Vec<_> = self
            .sessions
            .iter()
            .filter(|session| session.account == end.account)
            .map(|session| session.id)
            .filter(|id| match end.which {
                WhichSessions::One(only) => *id == only,
                WhichSessions::All => true,
                WhichSessions::AllBut(spared) => *id != spared,
            })
            .collect();
        ids.into_iter()
            .filter(|id| self.end_one(*id, end.at, end.reason))
            .map(|id| ended(&end.audit, id, end.reason))
            .collect()
    }
}

fn bumped(revision: Revision) -> Revision {
    Revision::At(revision.next())
}

fn ended(template: &AuditEvent, id: SessionId, reason: EndReason) -> AuditEvent {
    template
        .clone()
        .with("session", id.get())
        .with("reason", reason.as_str())
}

impl AccountStore for MemoryStore {
    fn by_id(&self, id: AccountId) -> PortFuture<'_, Option<Account>> {
        let found = self.lock().accounts.account(id).cloned();
        Box::pin(async move { Ok(found) })
    }

    fn by_email(&self, email: &Email) -> PortFuture<'_, Option<Account>> {
        let state = self.lock();
        let found = state
            .accounts
            .accounts
            .iter()
            .find(|account| account.email == *email);
        let found = found.cloned();
        Box::pin(async move { Ok(found) })
    }

    fn register(&self, registration: Registration) -> PortFuture<'_, Commit<AccountId>> {
        let mut state = self.lock();
        let commit = if state
            .accounts
            .accounts
            .iter()
            .any(|account| account.email == registration.email)
        {
            Commit::Stale
        } else {
            let id = AccountId::from_stored(state.accounts.next_id());
            state.accounts.accounts.push(Account {
                id,
                email: registration.email,
                email_verified_at: None,
                password: Some(registration.password),
                phone: None,
                created_at: registration.at,
                disabled_at: None,
                revision: bumped(Revision::Absent),
            });
            for mut event in registration.audit {
                if event.subject == Subject::Stored {
                    event.subject = Subject::Account(id);
                }
                state.audit.push(event);
            }
            Commit::Stored(id)
        };
        Box::pin(async move { Ok(commit) })
    }

    fn change(&self, change: AccountChange) -> PortFuture<'_, Commit> {
        let commit = settle(&mut self.lock(), change);
        Box::pin(async move { Ok(commit) })
    }
}

impl MailTokenStore for MemoryStore {
    fn issue(&self, issue: MailTokenIssue) -> PortFuture<'_, Commit> {
        let commit = keep(&mut self.lock(), issue);
        Box::pin(async move { Ok(commit) })
    }

    fn request(&self, request: MailTokenRequest) -> PortFuture<'_, Verdict> {
        let mut state = self.lock();
        let verdict = state.limits.judge(&request.limits, request.at);
        if verdict == Verdict::Allowed {
            state.limits.count(&request.limits, request.at);
            state.audit.extend(request.audit);
            if let Some(issue) = request.issue {
                let _ = keep(&mut state, issue);
            }
        }
        Box::pin(async move { Ok(verdict) })
    }

    fn find(&self, purpose: MailPurpose, digest: TokenDigest) -> PortFuture<'_, Option<MailToken>> {
        let state = self.lock();
        let mut open = state.accounts.mail_tokens.iter();
        let found = open
            .find(|token| token.purpose == purpose && token.digest == digest)
            .cloned();
        Box::pin(async move { Ok(found) })
    }
}

/// Nothing is kept if the account is gone.
fn keep(state: &mut super::State, issue: MailTokenIssue) -> Commit {
    if state.accounts.account(issue.token.account).is_none() {
        return Commit::Stale;
    }
    state.accounts.void(issue.token.purpose, issue.token.account);
    let at = issue.token.created_at;
    state.accounts.mail_tokens.push(issue.token);
    state.queue_at(&issue.outgoing, at);
    state.audit.extend(issue.audit);
    Commit::Stored(())
}

fn settle(state: &mut super::State, change: AccountChange) -> Commit {
    let accounts = &mut state.accounts;
    let next = change.change.state;
    let held = accounts.account(next.id).map(|held| held.revision);
    if held != Some(change.change.replaces) {
        return Commit::Stale;
    }
    if change.spends.is_some_and(|token| !accounts.spend(token)) {
        return Commit::Stale;
    }
    let id = next.id;
    if let Some(held) = accounts.account(id) {
        held.email_verified_at = next.email_verified_at;
        held.password = next.password;
        held.disabled_at = next.disabled_at;
        held.revision = bumped(change.change.replaces);
    }
    for purpose in change.voids {
        accounts.void(purpose, id);
    }
    let ends = change.ends.is_some();
    let ended = change.ends.map(|end| accounts.end(&end)).unwrap_or_default();
    if ends {
        state.phones.void(id);
    }
    state.audit.extend(ended);
    change.clears.iter().for_each(|key| state.limits.clear(key));
    state.queue_at(&change.outgoing, change.at);
    state.audit.extend(change.audit);
    Commit::Stored(())
}
