//! When the service last ran, and up to when every text is stored: one row.

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _, insert_into};
use thunderbird_domain::{
    port::PortFuture,
    sms::reception::{Reception, ReceptionLog},
    time::Timestamp,
};

use super::{Keys, Store, Unkeyed, column::instant, schema::reception};

const PORT: &str = "reception log";

/// The only row's id.
const ROW: i64 = 1;

impl ReceptionLog for Store {
    fn last(&self) -> PortFuture<'_, Option<Reception>> {
        self.read(PORT, |connection| {
            let row: Option<(i64, Option<i64>)> = reception::table
                .find(ROW)
                .select((reception::alive_at, reception::read_to))
                .first(connection)
                .optional()?;
            Ok(row.map(|(alive_at, read_to)| Reception {
                alive_at: instant(alive_at),
                read_to: read_to.map(instant),
            }))
        })
    }

    fn alive(&self, at: Timestamp) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::OneStatement), move |connection| {
            let alive_at = reception::alive_at.eq(at.as_micros());
            insert_into(reception::table)
                .values((reception::id.eq(ROW), alive_at))
                .on_conflict(reception::id)
                .do_update()
                .set(alive_at)
                .execute(connection)?;
            Ok(())
        })
    }

    fn read_to(&self, at: Timestamp) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::OneStatement), move |connection| {
            let (alive_at, read_to) = (
                reception::alive_at.eq(at.as_micros()),
                reception::read_to.eq(at.as_micros()),
            );
            insert_into(reception::table)
                .values((reception::id.eq(ROW), alive_at, read_to))
                .on_conflict(reception::id)
                .do_update()
                .set(read_to)
                .execute(connection)?;
            Ok(())
        })
    }
}
