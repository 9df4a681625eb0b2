//! The ids of the ring's keys, and what is void when the ring is gone.

use std::collections::BTreeSet;

use diesel::{
    ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete, insert_into, sql_query,
    sql_types::BigInt, update,
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
    Connection, Store, audit,
    schema::{admins, key_ring_ids, mails, messages},
};

const PORT: &str = "key memory";

/// What a replaced ring voids, at most this many rows of each a commit. `?` is the instant, twice where a row ends.
const VOIDED: [&str; 7] = [
    "UPDATE sessions SET ended_at = ?1, end_reason = 'keys_replaced', successor = NULL, revision = revision + 1 \
     WHERE id IN (SELECT id FROM sessions WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE admin_sessions SET ended_at = ?1 \
     WHERE id IN (SELECT id FROM admin_sessions WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE phone_codes SET ended_at = ?1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM phone_codes WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE phone_word_sets SET ended_at = ?1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM phone_word_sets WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE pending_actions SET ended_at = ?1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM pending_actions WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE messages SET sealed = NULL, sealed_key = NULL, sealed_until = NULL, lease_until = NULL, \
     lease_tag = NULL, state_at = iif(state IN ('queued', 'sending'), ?1, state_at), \
     state = iif(state IN ('queued', 'sending'), 'failed', state) \
     WHERE id IN (SELECT id FROM messages WHERE sealed IS NOT NULL LIMIT 140)",
    "UPDATE mails SET sealed = NULL, sealed_key = NULL, sealed_until = NULL, lease_until = NULL, \
     lease_tag = NULL, state_at = iif(state IN ('queued', 'sending'), ?1, state_at), \
     error = iif(state IN ('queued', 'sending'), 'keys replaced', error), \
     state = iif(state IN ('queued', 'sending'), 'failed', state) \
     WHERE id IN (SELECT id FROM mails WHERE sealed IS NOT NULL LIMIT 140)",
];

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
        self.transact(PORT, move |connection| {
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
        self.transact(PORT, move |connection| {
            delete(key_ring_ids::table).execute(connection)?;
            insert(connection, &ring, event.at)?;
            audit::append(connection, &[event], None)?;
            Ok(())
        })
    }

    fn void(&self, at: Timestamp) -> PortFuture<'_, bool> {
        self.transact(PORT, move |connection| {
            let mut changed = 0_usize;
            for statement in VOIDED {
                let rows = sql_query(statement)
                    .bind::<BigInt, _>(at.as_micros())
                    .execute(connection)?;
                changed = changed.saturating_add(rows);
            }
            Ok(changed > 0)
        })
    }
}

fn insert(connection: &mut Connection, keys: &[RingKey], at: Timestamp) -> QueryResult<()> {
    for key in keys {
        insert_into(key_ring_ids::table)
            .values((
                key_ring_ids::key_id.eq(&key.id),
                key_ring_ids::purpose.eq(key.purpose.name()),
                key_ring_ids::first_seen_at.eq(at.as_micros()),
            ))
            .on_conflict_do_nothing()
            .execute(connection)?;
    }
    Ok(())
}
