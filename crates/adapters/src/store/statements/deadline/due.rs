//! Finds the promises to look at, as far as they can be read.

use std::collections::HashSet;

use diesel::{
    ExpressionMethods as _, NullableExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    QueryResult, RunQueryDsl as _, SelectableHelper as _, dsl::sql, result::Error, sql_types::Bool,
};
use thunderbird_domain::{deadline::DueDeadlines, id::DeadlineId, time::Timestamp};

use super::{
    super::{
        Connection,
        schema::{deadlines, users},
    },
    read::{Row, watched},
};

/// Whether a row does not rest: a promise that is not in alarm does, while its hiker's call for help is open.
const AWAKE: &str = "(deadlines.kind = 'call' OR deadlines.state = 'alarmed' OR NOT EXISTS (SELECT 1 FROM deadlines c \
    WHERE c.user_id = deadlines.user_id AND c.kind = 'call' AND c.closed_at IS NULL))";

/// Promises of which a stage is due, those in alarm first, then those whose hikers are asked, then the others; each part
/// the oldest first. After them come those of hikers who have left their number.
pub(super) fn due(connection: &mut Connection, now: Timestamp, limit: u32) -> QueryResult<DueDeadlines> {
    let mut found = DueDeadlines::default();
    collect(connection, (&mut found, limit), |connection, (passed, most)| {
        deadlines::table
            .filter(deadlines::next_due_at.le(now.as_micros()))
            .filter(sql::<Bool>(AWAKE))
            .order((
                deadlines::state.ne("alarmed"),
                deadlines::state.ne("asking"),
                deadlines::next_due_at,
                deadlines::id,
            ))
            .offset(passed)
            .limit(most)
            .select(Row::as_select())
            .load(connection)
    })?;
    collect(connection, (&mut found, limit), |connection, (passed, most)| {
        deadlines::table
            .inner_join(users::table)
            .filter(deadlines::closed_at.is_null())
            .filter(users::ended_at.is_not_null())
            .order((deadlines::user_id, deadlines::kind))
            .offset(passed)
            .limit(most)
            .select(Row::as_select())
            .load(connection)
    })?;
    Ok(found)
}

/// When the earliest stage of all open promises is due.
pub(super) fn next(connection: &mut Connection) -> QueryResult<Option<Timestamp>> {
    let next: Option<i64> = deadlines::table
        .filter(deadlines::next_due_at.is_not_null())
        .filter(sql::<Bool>(AWAKE))
        .order(deadlines::next_due_at)
        .select(deadlines::next_due_at.assume_not_null())
        .first(connection)
        .optional()?;
    Ok(next.map(Timestamp::from_micros))
}

/// Adds up to `limit` promises that can be read, page by page. One that cannot be read is named and takes no place:
/// however many there are, for example after an edit by hand, they keep no other from being watched.
fn collect(
    connection: &mut Connection,
    (found, limit): (&mut DueDeadlines, u32),
    page: impl Fn(&mut Connection, (i64, i64)) -> QueryResult<Vec<Row>>,
) -> QueryResult<()> {
    let watched = found.watched.iter().map(|watched| watched.stored.id);
    let unreadable = found.unreadable.iter().map(|(id, _)| *id);
    let mut known: HashSet<i64> = watched.chain(unreadable).map(DeadlineId::get).collect();
    let (mut room, mut passed) = (i64::from(limit), 0);
    while room > 0 {
        let rows = page(connection, (passed, room))?;
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let is_last = count < room;
        passed += count;
        for row in rows {
            if known.insert(row.id) && take(connection, row, found)? {
                room -= 1;
            }
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

/// Adds a promise to what can be read or to what cannot; says whether it can.
fn take(connection: &mut Connection, row: Row, found: &mut DueDeadlines) -> QueryResult<bool> {
    let id = DeadlineId::from_stored(row.id);
    match watched(connection, row) {
        Ok(watched) => {
            found.watched.push(watched);
            Ok(true)
        }
        Err(error @ (Error::DeserializationError(_) | Error::NotFound)) => {
            found.unreadable.push((id, error.to_string()));
            Ok(false)
        }
        Err(fault) => Err(fault),
    }
}

/// Open promises as [`due`] reads them, those in alarm first, then in the order of the promised times.
pub(crate) fn open(connection: &mut Connection, limit: i64) -> QueryResult<DueDeadlines> {
    let rows: Vec<Row> = deadlines::table
        .filter(deadlines::closed_at.is_null())
        .order((deadlines::state.ne("alarmed"), deadlines::due_at, deadlines::id))
        .limit(limit)
        .select(Row::as_select())
        .load(connection)?;
    let mut found = DueDeadlines::default();
    for row in rows {
        take(connection, row, &mut found)?;
    }
    Ok(found)
}
