//! Stores events, each once, and queues what tells of them.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    insert_into, update,
};
use thunderbird_domain::{
    limit::Verdict,
    outbox::state::SendState,
    outgoing::{OutgoingMail, Words},
    page::{OutgoingPage, Page},
    time::Timestamp,
};

use super::{Connection, column, limit, mail_queue, mails, page_events, pages};

/// Stores an event, if it is news, and queues the page that tells of it, or counts it in the one that tells of many.
pub(crate) fn note(connection: &mut Connection, event: &OutgoingPage, at: Timestamp) -> QueryResult<()> {
    let told_at: Option<i64> = page_events::table
        .find(&event.event)
        .select(page_events::told_at)
        .first(connection)
        .optional()?;
    if !event.is_news(column::optional_instant(told_at), at) {
        return Ok(());
    }
    let cap = std::slice::from_ref(&event.cap);
    if !event.is_minor && limit::judge(connection, cap, at)? == Verdict::Allowed {
        limit::count(connection, cap, at)?;
        let page = event.alone(at);
        tell(connection, event, &page, at)?;
        return queue(connection, event, &page, at);
    }
    let shared = untried_minutes(connection, event, at)?;
    let first = event.together(1, shared);
    tell(connection, event, &first, at)?;
    let count: i64 = page_events::table
        .filter(page_events::page.eq(first.tag.as_bytes().as_slice()))
        .count()
        .get_result(connection)?;
    let page = event.together(u64::try_from(count).unwrap_or(1), shared);
    queue(connection, event, &page, at)?;
    renew(connection, event, &page)
}

/// An instant of the minutes whose shared page is to tell of the event: those of `at`, or the next ones if their page was tried
/// already.
fn untried_minutes(
    connection: &mut Connection,
    event: &OutgoingPage,
    at: Timestamp,
) -> QueryResult<Timestamp> {
    let page = event.together(1, at);
    let rung: Option<(String, i64)> = pages::table
        .filter(pages::tag.eq(page.tag.as_bytes().as_slice()))
        .select((pages::state, pages::attempts))
        .first(connection)
        .optional()?;
    let mail = event.mail.as_ref().map(|to| page.as_mail(to));
    let mailed: Option<(String, i64)> = match mail {
        Some(mail) => mails::table
            .filter(mails::tag.eq(mail.tag.as_bytes().as_slice()))
            .select((mails::state, mails::attempts))
            .first(connection)
            .optional()?,
        None => None,
    };
    let mut found = rung.into_iter().chain(mailed);
    let is_tried = found.any(|(state, attempts)| state != SendState::Queued.as_str() || attempts > 0);
    Ok(if is_tried {
        OutgoingPage::next_minutes(at)
    } else {
        at
    })
}

/// Stores by which page the event is reported.
fn tell(connection: &mut Connection, event: &OutgoingPage, page: &Page, at: Timestamp) -> QueryResult<()> {
    let told = (
        page_events::page.eq(page.tag.as_bytes().as_slice()),
        page_events::told_at.eq(at.as_micros()),
    );
    insert_into(page_events::table)
        .values((page_events::event.eq(&event.event), told))
        .on_conflict(page_events::event)
        .do_update()
        .set(told)
        .execute(connection)
        .map(|_| ())
}

fn queue(connection: &mut Connection, event: &OutgoingPage, page: &Page, at: Timestamp) -> QueryResult<()> {
    if event.has_url {
        insert(connection, page, at)?;
    }
    match &event.mail {
        Some(to) => mail_queue::queue(connection, &page.as_mail(to), at),
        None => Ok(()),
    }
}

/// Gives the page that tells of many events its newer words, unless it has been tried.
fn renew(connection: &mut Connection, event: &OutgoingPage, page: &Page) -> QueryResult<()> {
    let queued = SendState::Queued.as_str();
    let untried = pages::table
        .filter(pages::tag.eq(page.tag.as_bytes().as_slice()))
        .filter(pages::state.eq(queued))
        .filter(pages::attempts.eq(0));
    update(untried)
        .set(pages::body.eq(&page.message))
        .execute(connection)?;
    let Some(OutgoingMail {
        tag,
        words: Words::Plain(words),
        ..
    }) = event.mail.as_ref().map(|to| page.as_mail(to))
    else {
        return Ok(());
    };
    let untried = mails::table
        .filter(mails::tag.eq(tag.as_bytes().as_slice()))
        .filter(mails::state.eq(queued))
        .filter(mails::attempts.eq(0));
    update(untried).set(mails::body.eq(words)).execute(connection)?;
    Ok(())
}

/// Queues a page; a tag that is queued already stays as it is.
pub(super) fn insert(connection: &mut Connection, page: &Page, at: Timestamp) -> QueryResult<()> {
    let row = (
        (
            pages::tag.eq(page.tag.as_bytes().as_slice()),
            pages::kind.eq(page.kind.as_str()),
            pages::title.eq(&page.title),
            pages::body.eq(&page.message),
            pages::link.eq(&page.link),
        ),
        pages::state.eq(SendState::Queued.as_str()),
        pages::next_attempt_at.eq(page.not_before.as_micros()),
        pages::expires_at.eq(page.expires_at.as_micros()),
        pages::state_at.eq(at.as_micros()),
        pages::created_at.eq(at.as_micros()),
    );
    insert_into(pages::table)
        .values(row)
        .on_conflict(pages::tag)
        .do_nothing()
        .execute(connection)
        .map(|_| ())
}
