//! Opt-outs: read by everybody who sends, written in the commit that decides them.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    insert_into, update,
};
use thunderbird_domain::{
    opt_out::{OptOutChange, OptOuts},
    phone_number::PhoneNumber,
    port::PortFuture,
    time::Timestamp,
};

use super::{Connection, Held, Key, Store, dialect, schema::opt_outs};

impl OptOuts for Store {
    fn is_opted_out(&self, phone: &PhoneNumber) -> PortFuture<'_, bool> {
        let phone = phone.clone();
        self.read_here("opt-outs", move |connection| stands(connection, &phone))
    }
}

/// Whether an opt-out of `phone` stands.
pub(crate) fn stands(connection: &mut Connection, phone: &PhoneNumber) -> QueryResult<bool> {
    let live = opt_outs::table
        .filter(opt_outs::phone.eq(phone.as_str()))
        .filter(opt_outs::ended_at.is_null());
    let found: Option<i64> = live.select(opt_outs::id).first(connection).optional()?;
    Ok(found.is_some())
}

/// Whether an opt-out of `phone` was cleared at or after `since`: what is heard later about a text of that time is no
/// news.
pub(crate) fn cleared_since(
    connection: &mut Connection,
    phone: &PhoneNumber,
    since: Timestamp,
) -> QueryResult<bool> {
    let cleared = opt_outs::table
        .filter(opt_outs::phone.eq(phone.as_str()))
        .filter(opt_outs::ended_at.ge(since.as_micros()));
    let found: Option<i64> = cleared.select(opt_outs::id).first(connection).optional()?;
    Ok(found.is_some())
}

/// The number that a decision is about.
pub(crate) fn key(change: &OptOutChange) -> Key<'_> {
    let (OptOutChange::Record { phone, .. } | OptOutChange::Clear { phone, .. }) = change;
    Key::Phone(phone.as_str())
}

/// Applies a decision. True when it changed something.
pub(crate) fn apply(connection: &mut Connection, change: &OptOutChange) -> QueryResult<bool> {
    match change {
        OptOutChange::Record { phone, source, at } => {
            if stands(connection, phone)? {
                return Ok(false);
            }
            // A claim under way reads the opt-outs: what it hands over was handed over before this one.
            dialect::hold(connection, Held::CallsTo(phone.as_str()))?;
            dialect::hold(connection, Held::QueuedTo(phone.as_str()))?;
            let row = (
                opt_outs::phone.eq(phone.as_str()),
                opt_outs::source.eq(source.as_str()),
                opt_outs::started_at.eq(at.as_micros()),
            );
            insert_into(opt_outs::table).values(row).execute(connection)?;
            Ok(true)
        }
        OptOutChange::Clear { phone, at } => {
            let live = opt_outs::table
                .filter(opt_outs::phone.eq(phone.as_str()))
                .filter(opt_outs::ended_at.is_null());
            let ended = update(live)
                .set(opt_outs::ended_at.eq(at.as_micros()))
                .execute(connection)?;
            Ok(ended > 0)
        }
    }
}
