//! Carries an account over after all that adoption only listed, because another account has its address.

use diesel::{QueryResult, RunQueryDsl as _, SqliteConnection, insert_into, prelude::*};
use thunderbird_domain::{
    account::AccountId,
    audit::{Actor, AuditEvent, Subject},
    email::Email,
    phone_number::PhoneNumber,
    port::Fault,
    random::Tag,
};

use super::{
    cell::Cell,
    plan::{Mapped, Rules, account},
    sql::{rows, single},
};
use crate::store::{Abort, Keys, Store, Unkeyed, schema::accounts, sqlite::audit};

const PORT: &str = "adopted accounts";

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readdressed {
    /// The account is there, with its old id and password, and these remarks about what could not be carried along.
    Done(Vec<String>),
    /// The database was not adopted, or the Python version had no account of this id.
    Unknown,
    /// The account has an address already.
    There,
    /// Another account has the address.
    Taken,
    /// The row cannot be carried over, for this reason.
    Unusable(String),
}

/// Gives the account `id` of the Python version the address `email`; `tag` names its new row.
///
/// # Errors
///
/// A [`Fault`] of the store.
pub async fn readdress(
    store: &Store,
    (id, email): (i64, Email),
    tag: Tag,
    rules: Rules,
) -> Result<Readdressed, Fault> {
    store
        .transact(
            PORT,
            Keys::none(Unkeyed::UniqueIndex),
            move |connection| match carry_over(connection, (id, &email), tag, &rules)? {
                done @ Readdressed::Done(_) => Ok(done),
                refused => Err(Abort::Undo(refused)),
            },
        )
        .await
}

fn carry_over(
    connection: &mut SqliteConnection,
    (id, email): (i64, &Email),
    tag: Tag,
    rules: &Rules,
) -> QueryResult<Readdressed> {
    let Some(mut row) = kept(connection, id)? else {
        return Ok(Readdressed::Unknown);
    };
    let held = |connection: &mut SqliteConnection, id: Option<i64>| {
        let same: QueryResult<i64> = match id {
            Some(id) => accounts::table.find(id).count().get_result(connection),
            None => accounts::table
                .filter(accounts::email.eq(email.as_str()))
                .count()
                .get_result(connection),
        };
        same.map(|count| count > 0)
    };
    if held(connection, Some(id))? {
        return Ok(Readdressed::There);
    }
    if held(connection, None)? {
        return Ok(Readdressed::Taken);
    }
    let [_, address, ..] = &mut row;
    *address = Cell::Text(email.as_str().to_owned());
    let Mapped { row, notes } = match account::plan(&row, rules) {
        Ok(mapped) => mapped,
        Err(reason) => return Ok(Readdressed::Unusable(reason)),
    };
    insert(connection, &row, tag)?;
    let account = Subject::Account(AccountId::from_stored(id));
    let event = AuditEvent::new(rules.adopted_at, Actor::System, "account.readdressed", account);
    audit::append(connection, &[event], None)?;
    Ok(Readdressed::Done(notes))
}

fn insert(connection: &mut SqliteConnection, account: &account::Account, tag: Tag) -> QueryResult<usize> {
    let claimed = account.claimed_phone.as_ref().map(PhoneNumber::as_str);
    insert_into(accounts::table)
        .values((
            accounts::id.eq(account.id),
            accounts::tag.eq(tag.as_bytes().as_slice()),
            accounts::email.eq(account.email.as_str()),
            accounts::password_hash.eq(account.password_hash.as_deref()),
            accounts::claimed_phone.eq(claimed),
            accounts::created_at.eq(account.created_at.as_micros()),
            accounts::updated_at.eq(account.updated_at.as_micros()),
            accounts::revision.eq(1),
        ))
        .execute(connection)
}

/// The row as the Python version left it.
fn kept(connection: &mut SqliteConnection, id: i64) -> QueryResult<Option<[Cell; 6]>> {
    let present = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'legacy_accounts'";
    if single(connection, present)?.integer() != Some(1) {
        return Ok(None);
    }
    let columns = account::COLUMNS.join(", ");
    let row = rows(
        connection,
        &format!("SELECT {columns} FROM legacy_accounts WHERE id = {id}"),
    )?;
    Ok(row.into_iter().next().and_then(|row| row.try_into().ok()))
}
