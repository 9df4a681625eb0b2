//! Adds the changes of the figures up, so that reading them stays cheap. Every step is one statement, so readers see the
//! same sums before and after.

use diesel::{QueryResult, RunQueryDsl as _, sql_query};

use super::Connection;

/// Changes of a kind that one statement adds up.
const AT_ONCE: usize = 10_000;

/// Adds some changes up; true if there may be more.
pub(super) fn some(connection: &mut Connection) -> QueryResult<bool> {
    let texts = sql_query(format!(
        "WITH gone AS (DELETE FROM message_deltas WHERE ctid = ANY (ARRAY( \
         SELECT ctid FROM message_deltas LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED)) RETURNING *), \
         folded AS (INSERT INTO message_hours_folded AS f \
         SELECT hour, direction, state, sum(messages), sum(segments), sum(unpriced_segments) FROM gone \
         GROUP BY hour, direction, state ORDER BY hour, direction, state \
         ON CONFLICT (hour, direction, state) DO UPDATE SET messages = f.messages + excluded.messages, \
         segments = f.segments + excluded.segments, \
         unpriced_segments = f.unpriced_segments + excluded.unpriced_segments) \
         SELECT FROM gone"
    ))
    .execute(connection)?;
    let costs = sql_query(format!(
        "WITH gone AS (DELETE FROM cost_deltas WHERE ctid = ANY (ARRAY( \
         SELECT ctid FROM cost_deltas LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED)) RETURNING *), \
         folded AS (INSERT INTO cost_hours_folded AS f \
         SELECT hour, currency, sum(micros) FROM gone GROUP BY hour, currency ORDER BY hour, currency \
         ON CONFLICT (hour, currency) DO UPDATE SET micros = f.micros + excluded.micros) \
         SELECT FROM gone"
    ))
    .execute(connection)?;
    Ok(texts == AT_ONCE || costs == AT_ONCE)
}
