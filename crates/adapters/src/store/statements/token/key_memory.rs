//! The ids of the ring's keys, and what is void when the ring is gone.

use std::{collections::BTreeSet, slice};

use diesel::{
    ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete, insert_into, update,
};
use thunderbird_domain::{
    audit::AuditEvent,
    port::PortFuture,
    time::Timestamp,
    token::{
        key_memory::{KeyMemory, RingChange},
        key_ring::RingKey,
    },
};

use super::{
    Connection, Key, Keys, Store, audit, dialect,
    schema::{admins, key_ring_ids, mails, messages},
};

const PORT: &str = "key memory";

impl KeyMemory for Store {
    fn remembered(&self) -> PortFuture<'_, Vec<String>> {
        self.read(PORT, |connection| {
            key_ring_ids::table
                .filter(key_ring_ids::dropped_at.is_null())
                .select(key_ring_ids::key_id)
                .load(connection)
        })
    }

    fn remember(&self, change: RingChange) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::on([Key::Ring]), move |connection| {
            insert(connection, &change.seen, change.at)?;
            let gone = key_ring_ids::table.filter(key_ring_ids::key_id.eq_any(&change.dropped));
            update(gone)
                .set(key_ring_ids::dropped_at.eq(change.at.as_micros()))
                .execute(connection)?;
            audit::append(connection, &change.audit, None)?;
            Ok(())
        })
    }

    fn named(&self) -> PortFuture<'_, BTreeSet<String>> {
        self.read(PORT, |connection| {
            let texts = messages::table.filter(messages::sealed.is_not_null());
            let letters = mails::table.filter(mails::sealed.is_not_null());
            let mut ids: Vec<Option<String>> =
                texts.select(messages::sealed_key).distinct().load(connection)?;
            ids.extend(
                letters
                    .select(mails::sealed_key)
                    .distinct()
                    .load::<Option<String>>(connection)?,
            );
            ids.extend(
                admins::table
                    .select(admins::totp_key)
                    .distinct()
                    .load::<Option<String>>(connection)?,
            );
            Ok(ids.into_iter().flatten().collect())
        })
    }

    fn replace(&self, ring: Vec<RingKey>, event: AuditEvent) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::on([Key::Ring]), move |connection| {
            delete(key_ring_ids::table).execute(connection)?;
            insert(connection, &ring, event.at)?;
            audit::append(connection, slice::from_ref(&event), None)?;
            Ok(())
        })
    }

    fn void(&self, at: Timestamp) -> PortFuture<'_, bool> {
        self.transact(PORT, Keys::on([Key::Ring]), move |connection| {
            let changed = dialect::void_secrets(connection, at.as_micros())?;
            Ok(changed > 0)
        })
    }
}

fn insert(connection: &mut Connection, keys: &[RingKey], at: Timestamp) -> QueryResult<()> {
    for key in keys {
        insert_into(key_ring_ids::table)
            .values((
                key_ring_ids::key_id.eq(&key.id),
                key_ring_ids::purpose.eq(key.purpose.as_str()),
                key_ring_ids::first_seen_at.eq(at.as_micros()),
            ))
            .on_conflict_do_nothing()
            .execute(connection)?;
    }
    Ok(())
}
