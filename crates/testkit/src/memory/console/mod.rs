//! The console's questions and actions in memory.

mod actions;
mod people;
mod texts;

use thunderbird_domain::{
    account::AccountId,
    admin::{
        AccountFilter, AccountLine, AccountPage, AuditFilter, AuditLine, Bucket, ConsoleReader, Figures,
        MessageFilter, MessageLine, OptOutLine, PageOf, UserFilter, UserLine, UserPage,
    },
    audit::{Actor, AuditEvent, Subject},
    port::PortFuture,
    time::Timestamp,
    user::UserId,
};

pub(crate) use self::texts::State;
use super::MemoryStore;

const HOUR: i64 = 3_600_000_000;

/// One page of rows that are newest first: what is older than `before`, and where it goes on.
fn page<T>(
    rows: impl Iterator<Item = T>,
    before: Option<i64>,
    limit: i64,
    id: impl Fn(&T) -> i64,
) -> PageOf<T> {
    let limit = usize::try_from(limit).expect("a limit");
    let older = rows.filter(|row| before.is_none_or(|before| id(row) < before));
    let mut items: Vec<T> = older.take(limit + 1).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(id);
    PageOf { items, next }
}

fn ready<'a, T: Send + 'a>(answer: T) -> PortFuture<'a, T> {
    Box::pin(async move { Ok(answer) })
}

impl ConsoleReader for MemoryStore {
    fn figures(&self, since: Timestamp) -> PortFuture<'_, Figures> {
        let mut state = self.lock();
        let lines = state.message_lines();
        let mut buckets: Vec<Bucket> = Vec::new();
        for line in lines.iter().rev() {
            let hour = line.at.as_micros().div_euclid(HOUR);
            if hour < since.as_micros().div_euclid(HOUR) {
                continue;
            }
            let bucket = Bucket {
                hour: Timestamp::from_micros(hour * HOUR),
                inbound: line.inbound,
                state: line.state.clone(),
                messages: 1,
                segments: line.segments,
                unpriced_segments: 0,
            };
            let same = |known: &&mut Bucket| {
                (known.hour, known.inbound, &known.state) == (bucket.hour, bucket.inbound, &bucket.state)
            };
            match buckets.iter_mut().find(same) {
                Some(known) => {
                    known.messages += 1;
                    known.segments += bucket.segments;
                }
                None => buckets.push(bucket),
            }
        }
        let unsent = lines
            .iter()
            .filter(|line| ["queued", "sending"].contains(&line.state.as_str()));
        let count = |count: usize| i64::try_from(count).expect("few rows");
        ready(Figures {
            buckets,
            costs: Vec::new(),
            oldest_unsent: unsent.map(|line| line.at).min(),
            dead: count(lines.iter().filter(|line| line.state == "dead").count()),
            failed_mails: 0,
            users: count(state.users.users.len() + state.users.ended.len()),
            accounts: count(state.accounts.newest_first().len()),
        })
    }

    fn users(&self, filter: UserFilter, limit: i64) -> PortFuture<'_, PageOf<UserLine>> {
        let lines = self.lock().user_lines().into_iter();
        let found = lines.filter(|line| people::matches(&filter, line));
        ready(page(found, filter.before, limit, |line| line.id.get()))
    }

    fn user(&self, id: UserId) -> PortFuture<'_, Option<UserPage>> {
        ready(self.lock().user_page(id))
    }

    fn accounts(&self, filter: AccountFilter, limit: i64) -> PortFuture<'_, PageOf<AccountLine>> {
        let lines = self
            .lock()
            .accounts
            .newest_first()
            .into_iter()
            .map(|account| people::account_line(&account));
        let found = lines.filter(|line| {
            filter
                .email
                .as_ref()
                .is_none_or(|beginning| line.email.starts_with(beginning.as_str()))
        });
        ready(page(found, filter.before, limit, |line| line.id.get()))
    }

    fn account(&self, id: AccountId) -> PortFuture<'_, Option<AccountPage>> {
        ready(self.lock().account_page(id))
    }

    fn messages(&self, filter: MessageFilter, limit: i64) -> PortFuture<'_, PageOf<MessageLine>> {
        let lines = self.lock().message_lines().into_iter();
        let found = lines.filter(|line| texts::matches(&filter, line));
        ready(page(found, filter.before, limit, |line| line.id))
    }

    fn message(&self, id: i64) -> PortFuture<'_, Option<MessageLine>> {
        let mut lines = self.lock().message_lines().into_iter();
        ready(lines.find(|line| line.id == id))
    }

    fn opt_outs(&self, before: Option<i64>, limit: i64) -> PortFuture<'_, PageOf<OptOutLine>> {
        let lines = self.lock().opt_outs.standing.clone();
        ready(page(lines.into_iter().rev(), before, limit, |line| line.id))
    }

    fn audit(&self, filter: AuditFilter, limit: i64) -> PortFuture<'_, PageOf<AuditLine>> {
        let state = self.lock();
        let lines: Vec<_> = (1..).zip(&state.audit).map(audit_line).collect();
        let same = |wanted: &Option<String>, word: &str| wanted.as_ref().is_none_or(|wanted| wanted == word);
        let found = lines
            .into_iter()
            .rev()
            .filter(|line| same(&filter.actor, &line.actor) && same(&filter.subject, &line.subject));
        ready(page(found, filter.before, limit, |line| line.id))
    }
}

fn audit_line((id, event): (i64, &AuditEvent)) -> AuditLine {
    let details = event.detail.iter();
    let details = details.map(|(name, value)| ((*name).to_owned(), value.clone().into()));
    AuditLine {
        id,
        at: event.at,
        actor: match event.actor {
            Actor::Anonymous => "anonymous".to_owned(),
            Actor::System => "system".to_owned(),
            Actor::Account(id) => format!("account:{}", id.get()),
            Actor::User(id) => format!("user:{}", id.get()),
            Actor::Admin(id) => format!("admin:{}", id.get()),
        },
        action: event.action.to_owned(),
        subject: match event.subject {
            Subject::Account(id) => format!("account:{}", id.get()),
            Subject::User(id) => format!("user:{}", id.get()),
            Subject::Admin(id) => format!("admin:{}", id.get()),
            Subject::Message(id) => format!("message:{}", id.get()),
            Subject::Service | Subject::Stored => "service".to_owned(),
        },
        detail: serde_json::Value::Object(details.collect()).to_string(),
    }
}
