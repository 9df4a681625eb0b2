//! Devices that have signed in.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
    delete, insert_into, update,
};
use thunderbird_domain::{
    account::{AccountId, KnownDevice, SessionStart, SigningDevice, UserAgent, WhichSessions},
    id::{DeviceId, SessionId},
    secret::TokenDigest,
};

use super::{Connection, column::instant, schema::known_devices};

/// Devices, each without its token's digest.
macro_rules! rows {
    () => {
        known_devices::table.select((
            known_devices::id,
            known_devices::account_id,
            known_devices::user_agent,
            known_devices::session_id,
            known_devices::created_at,
            known_devices::last_used_at,
        ))
    };
}

#[derive(Queryable)]
struct Row {
    id: i64,
    account: i64,
    user_agent: Option<String>,
    session: i64,
    created_at: i64,
    last_used_at: i64,
}

impl From<Row> for KnownDevice {
    fn from(row: Row) -> Self {
        Self {
            id: DeviceId::from_stored(row.id),
            account: AccountId::from_stored(row.account),
            user_agent: row.user_agent.as_deref().and_then(UserAgent::parse),
            session: SessionId::from_stored(row.session),
            created_at: instant(row.created_at),
            last_used_at: instant(row.last_used_at),
        }
    }
}

/// The device that a token was given to.
pub(crate) fn find(connection: &mut Connection, token: TokenDigest) -> QueryResult<Option<KnownDevice>> {
    let row: Option<Row> = rows!()
        .filter(known_devices::digest.eq(token.as_bytes().as_slice()))
        .first(connection)
        .optional()?;
    Ok(row.map(KnownDevice::from))
}

/// The devices of an account, the last used first.
pub(crate) fn of_account(connection: &mut Connection, account: AccountId) -> QueryResult<Vec<KnownDevice>> {
    let rows: Vec<Row> = rows!()
        .filter(known_devices::account_id.eq(account.get()))
        .order((known_devices::last_used_at.desc(), known_devices::id.desc()))
        .load(connection)?;
    Ok(rows.into_iter().map(KnownDevice::from).collect())
}

/// Whether the device of a sign-in was forgotten since it was recognised.
pub(crate) fn is_forgotten(connection: &mut Connection, start: &SessionStart) -> QueryResult<bool> {
    let SigningDevice::Known(id) = start.device else {
        return Ok(false);
    };
    let there: Option<i64> = known_devices::table
        .find(id.get())
        .filter(known_devices::account_id.eq(start.account.get()))
        .select(known_devices::id)
        .first(connection)
        .optional()?;
    Ok(there.is_none())
}

/// Remembers that a session began on the device, whether the device is new or not.
pub(crate) fn remember(
    connection: &mut Connection,
    start: &SessionStart,
    session: SessionId,
) -> QueryResult<()> {
    let newest = (
        known_devices::user_agent.eq(start.user_agent.as_ref().map(UserAgent::as_str)),
        known_devices::session_id.eq(session.get()),
        known_devices::last_used_at.eq(start.at.as_micros()),
    );
    match start.device {
        SigningDevice::Known(id) => update(known_devices::table.find(id.get()))
            .set(newest)
            .execute(connection)?,
        SigningDevice::New(token) => {
            let surplus = KnownDevice::surplus(&of_account(connection, start.account)?, start.at);
            if !surplus.is_empty() {
                let surplus: Vec<i64> = surplus.into_iter().map(DeviceId::get).collect();
                delete(known_devices::table.filter(known_devices::id.eq_any(surplus))).execute(connection)?;
            }
            insert_into(known_devices::table)
                .values((
                    known_devices::account_id.eq(start.account.get()),
                    known_devices::digest.eq(token.as_bytes().as_slice()),
                    known_devices::created_at.eq(start.at.as_micros()),
                    newest,
                ))
                .execute(connection)?
        }
    };
    Ok(())
}

/// Forgets the devices on which these sessions of an account began last.
pub(crate) fn forget(
    connection: &mut Connection,
    account: AccountId,
    which: WhichSessions,
) -> QueryResult<()> {
    let own = known_devices::table.filter(known_devices::account_id.eq(account.get()));
    match which {
        WhichSessions::All => delete(own).execute(connection)?,
        WhichSessions::One(only) => {
            delete(own.filter(known_devices::session_id.eq(only.get()))).execute(connection)?
        }
        WhichSessions::AllBut(spared) => {
            delete(own.filter(known_devices::session_id.ne(spared.get()))).execute(connection)?
        }
    };
    Ok(())
}
