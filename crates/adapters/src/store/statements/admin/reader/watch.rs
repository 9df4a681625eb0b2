//! Promises that are watched.

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _};
use thunderbird_domain::{
    admin::{ContactAnswer, ContactSums, PromisePage, WatchList},
    deadline::Deadline,
    id::DeadlineId,
    time::Timestamp,
};

use super::super::{Connection, column::instant, contact_mail, deadline, schema::messages, voice};
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

pub(super) fn promise(
    connection: &mut Connection,
    id: DeadlineId,
    now: Timestamp,
) -> QueryResult<Option<PromisePage>> {
    let Some(watched) = deadline::one(connection, id)? else {
        return Ok(None);
    };
    Ok(Some(PromisePage {
        answers: answers(connection, &watched.stored.deadline)?,
        calls: voice::about(connection, id, TEXTS)?,
        mails: contact_mail::about(connection, id, TEXTS)?,
        sums: accounted(connection, id, now)?,
        texts: texts::about(connection, id, TEXTS)?,
        watched,
    }))
}

/// What has become of everything that the promise's alarm has queued, by contact.
fn accounted(connection: &mut Connection, id: DeadlineId, now: Timestamp) -> QueryResult<Vec<ContactSums>> {
    let mut found = deadline::sums::of(connection, &[id.get()], now)?;
    let sums = found.remove(&id.get()).unwrap_or_default();
    let contact = |(phone, sums)| ContactSums { phone, sums };
    Ok(sums.into_iter().map(contact).collect())
}

/// The newest text of each alerted contact, between their first alert and the end of the alarm.
fn answers(connection: &mut Connection, deadline: &Deadline) -> QueryResult<Vec<ContactAnswer>> {
    let ended_at = deadline.closed.as_ref().map(|closed| closed.at.as_micros());
    let contacts = deadline.alarm.iter().flat_map(|alarm| &alarm.contacts);
    let mut answers = Vec::new();
    for contact in contacts {
        let newest: Option<(i64, Option<String>)> = messages::table
            .filter(messages::phone.eq(contact.phone.as_str()))
            .filter(messages::direction.eq("in"))
            .filter(messages::created_at.ge(contact.alerted_at.as_micros()))
            .filter(messages::created_at.le(ended_at.unwrap_or(i64::MAX)))
            .order(messages::id.desc())
            .select((messages::created_at, messages::command))
            .first(connection)
            .optional()?;
        answers.extend(newest.map(|(at, command)| ContactAnswer {
            phone: contact.phone.clone(),
            at: instant(at),
            command,
        }));
    }
    Ok(answers)
}
