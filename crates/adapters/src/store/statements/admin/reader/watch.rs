//! Promises that are watched.

use diesel::QueryResult;
use thunderbird_domain::{
    admin::{PromisePage, WatchList},
    id::DeadlineId,
};

use super::super::{Connection, deadline};
use super::{page::one_more, texts};

/// How many texts the page of a promise shows: three alerts to ten contacts and every question are fewer.
const TEXTS: i64 = 100;

pub(super) fn watch(connection: &mut Connection, limit: u32) -> QueryResult<WatchList> {
    let mut found = deadline::open(connection, one_more(limit))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.watched.len() + found.unreadable.len() > limit;
    found.watched.truncate(limit);
    Ok(WatchList {
        promises: found.watched,
        unreadable: found.unreadable.into_iter().map(|(id, _)| id).collect(),
        has_more,
    })
}

pub(super) fn promise(connection: &mut Connection, id: DeadlineId) -> QueryResult<Option<PromisePage>> {
    let Some(watched) = deadline::one(connection, id)? else {
        return Ok(None);
    };
    let texts = texts::about(connection, id, TEXTS)?;
    Ok(Some(PromisePage { watched, texts }))
}
