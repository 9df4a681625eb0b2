//! Accounts with their live links.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _, insert_into, update,
};
use thunderbird_domain::{
    account::{Account, AccountChange, AccountId, AccountStore, Registration, password::PasswordHash},
    audit::Subject,
    email::Email,
    port::{Commit, PortFuture, Revision},
    time::Timestamp,
};

use super::{
    Abort, Connection, Key, Keys, Store, Unkeyed, audit,
    column::{self, instant, optional_instant},
    limit, mail_token, outgoing,
    row_cache::CachedRows,
    schema::{accounts, phone_links},
    session,
};

const PORT: &str = "account store";

/// Accounts, each with the number of its live link.
macro_rules! rows {
    () => {
        accounts::table
            .left_join(
                phone_links::table.on(phone_links::account_id
                    .eq(accounts::id)
                    .and(phone_links::ended_at.is_null())),
            )
            .select((
                accounts::id,
                accounts::email,
                accounts::email_verified_at,
                accounts::password_hash,
                phone_links::phone.nullable(),
                accounts::created_at,
                accounts::disabled_at,
                accounts::revision,
            ))
    };
}

impl AccountStore for Store {
    fn by_id(&self, id: AccountId) -> PortFuture<'_, Option<Account>> {
        self.read_cached(PORT, (CachedRows::accounts, id.get()), move |connection| {
            find(connection, id)
        })
    }

    fn by_email(&self, email: &Email) -> PortFuture<'_, Option<Account>> {
        let email = email.clone();
        self.read_here(PORT, move |connection| {
            let row: Option<Row> = rows!()
                .filter(accounts::email.eq(email.as_str()))
                .first(connection)
                .optional()?;
            row.map(Row::read).transpose()
        })
    }

    fn register(&self, registration: Registration) -> PortFuture<'_, Commit<AccountId>> {
        self.transact(PORT, Keys::none(Unkeyed::UniqueIndex), move |connection| {
            let row = (
                accounts::tag.eq(registration.tag.as_bytes().as_slice()),
                accounts::email.eq(registration.email.as_str()),
                accounts::password_hash.eq(registration.password.as_str()),
                accounts::created_at.eq(registration.at.as_micros()),
                accounts::updated_at.eq(registration.at.as_micros()),
                accounts::revision.eq(Revision::Absent.next()),
            );
            let inserted = insert_into(accounts::table)
                .values(row)
                .returning(accounts::id)
                .get_result(connection);
            let id = match inserted {
                Err(error) if column::is_unique_violation(&error) => return Err(Abort::Undo(Commit::Stale)),
                other => AccountId::from_stored(other?),
            };
            audit::append(connection, &registration.audit, Some(Subject::Account(id)))?;
            Ok(Commit::Stored(id))
        })
    }

    fn change(&self, change: AccountChange) -> PortFuture<'_, Commit> {
        let account = Key::Account(change.change.state.id);
        let counters = change.clears.iter().map(Key::Limit);
        let keys = Keys::on(counters.chain(outgoing::keys(&change.outgoing)).chain([account]));
        self.transact(PORT, keys, move |connection| {
            if !replace(connection, &change)? {
                return Ok(Commit::Stale);
            }
            let (account, at) = (change.change.state.id, change.at);
            if let Some(token) = change.spends
                && !mail_token::spend(connection, token, at)?
            {
                return Err(Abort::Undo(Commit::Stale));
            }
            for purpose in &change.voids {
                mail_token::void(connection, *purpose, account, at)?;
            }
            if let Some(end) = &change.ends {
                session::end::end_sessions(connection, end)?;
            }
            for key in &change.clears {
                limit::clear(connection, key)?;
            }
            outgoing::queue(connection, &change.outgoing, None, at)?;
            audit::append(connection, &change.audit, None)?;
            Ok(Commit::Stored(()))
        })
    }
}

#[derive(Queryable)]
struct Row {
    id: i64,
    email: String,
    email_verified_at: Option<i64>,
    password: Option<String>,
    phone: Option<String>,
    created_at: i64,
    disabled_at: Option<i64>,
    revision: i64,
}

impl Row {
    fn read(self) -> QueryResult<Account> {
        let phone = self
            .phone
            .map(|raw| column::phone(&raw, "phone_links.phone", self.id))
            .transpose()?;
        Ok(Account {
            id: AccountId::from_stored(self.id),
            email: column::email(&self.email, "accounts.email", self.id)?,
            email_verified_at: optional_instant(self.email_verified_at),
            password: self.password.map(PasswordHash::from_stored),
            phone,
            created_at: instant(self.created_at),
            disabled_at: optional_instant(self.disabled_at),
            revision: Revision::At(self.revision),
        })
    }
}

/// The account with this id.
pub(crate) fn find(connection: &mut Connection, id: AccountId) -> QueryResult<Option<Account>> {
    let row: Option<Row> = rows!()
        .filter(accounts::id.eq(id.get()))
        .first(connection)
        .optional()?;
    row.map(Row::read).transpose()
}

/// Compares and swaps. False when another writer was first.
fn replace(connection: &mut Connection, change: &AccountChange) -> QueryResult<bool> {
    let (replaces, account) = (change.change.replaces, &change.change.state);
    let Revision::At(held) = replaces else {
        return Ok(false);
    };
    let row = accounts::table.filter(accounts::id.eq(account.id.get()).and(accounts::revision.eq(held)));
    update(row)
        .set((
            accounts::email_verified_at.eq(account.email_verified_at.map(Timestamp::as_micros)),
            accounts::password_hash.eq(account.password.as_ref().map(PasswordHash::as_str)),
            accounts::disabled_at.eq(account.disabled_at.map(Timestamp::as_micros)),
            accounts::updated_at.eq(change.at.as_micros()),
            accounts::revision.eq(replaces.next()),
        ))
        .execute(connection)
        .map(|rows| rows == 1)
}
