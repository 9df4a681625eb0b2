//! Whether an account still exists.

use diesel::{OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _};
use thunderbird_domain::account::AccountId;

use super::{Connection, schema::accounts};

/// Whether the account is there: it may have been deleted since a decision about it was made.
pub(crate) fn is_there(connection: &mut Connection, id: AccountId) -> QueryResult<bool> {
    let there = accounts::table.find(id.get()).select(accounts::id);
    Ok(there.first::<i64>(connection).optional()?.is_some())
}
