//! Queues what a decision sends, in the commit of the decision.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, Insertable, NullableExpressionMethods as _,
    QueryDsl as _, QueryResult, RunQueryDsl as _, insert_into, update,
};
use thunderbird_domain::{
    outgoing::{Class, Outgoing, OutgoingText},
    time::Timestamp,
    user::UserId,
};

use super::{
    Connection, Held, Key, contact_mail, dialect, mail_queue, pager,
    schema::{calls, messages},
    word_columns::WordColumns,
};

#[derive(Insertable)]
#[diesel(table_name = messages)]
struct TextRow<'a> {
    tag: &'a [u8],
    direction: &'static str,
    phone: &'a str,
    user_id: Option<i64>,
    cause_id: Option<i64>,
    class: &'static str,
    state: &'static str,
    body: Option<&'a str>,
    sealed: Option<&'a [u8]>,
    sealed_key: Option<&'a str>,
    sealed_until: Option<i64>,
    not_before: i64,
    next_attempt_at: i64,
    expires_at: i64,
    state_at: i64,
    created_at: i64,
}

/// The counters that queueing these reads and writes.
pub(crate) fn keys(outgoing: &[Outgoing]) -> impl Iterator<Item = Key<'_>> {
    let caps = outgoing.iter().filter_map(|item| match item {
        Outgoing::Mail(mail) => mail.cap.as_ref(),
        Outgoing::Page(page) => Some(&page.cap),
        Outgoing::Text(_) | Outgoing::Newest(_) => None,
    });
    caps.map(|cap| Key::Limit(&cap.key))
}

/// Queues `outgoing`. A tag that is queued already stays as it is. `cause` is the inbound message, where there is one.
pub(crate) fn queue(
    connection: &mut Connection,
    outgoing: &[Outgoing],
    cause: Option<i64>,
    at: Timestamp,
) -> QueryResult<()> {
    outgoing.iter().try_for_each(|item| match item {
        Outgoing::Text(text) => queue_text(connection, text, cause, at),
        Outgoing::Newest(text) => {
            replace_untried(connection, text, cause)?;
            queue_text(connection, text, cause, at)
        }
        Outgoing::Mail(mail) => mail_queue::queue(connection, mail, at),
        Outgoing::Page(page) => pager::note(connection, page, at),
    })
}

/// The time of a hiker on a number has ended: contacts hear nothing more, their e-mail addresses are forgotten, the number no more of the hiker. What is
/// being sent at this moment is withheld by the claim that would send it again. Who may have an alert still reads that
/// the alarm is over.
pub(crate) fn withhold_queued(connection: &mut Connection, user: UserId, at: Timestamp) -> QueryResult<()> {
    withhold_calls(connection, user, at)?;
    dialect::hold(connection, Held::QueuedOf(user.get()))?;
    let queued = messages::table
        .filter(messages::user_id.eq(user.get()))
        .filter(messages::direction.eq("out"))
        .filter(messages::state.eq("queued"))
        .filter(
            messages::class
                .ne(Class::Alarm.as_str())
                .or(messages::deadline_id.is_not_null()),
        );
    update(queued)
        .set((
            messages::state.eq("withheld"),
            messages::state_at.eq(at.as_micros()),
            messages::next_attempt_at.eq(None::<i64>),
        ))
        .execute(connection)?;
    contact_mail::leave(connection, user.get(), at)
}

/// No phone rings any more on behalf of a hiker who has left the number.
fn withhold_calls(connection: &mut Connection, user: UserId, at: Timestamp) -> QueryResult<()> {
    dialect::hold(connection, Held::CallsOf(user.get()))?;
    let queued = calls::table
        .filter(calls::user_id.eq(user.get()))
        .filter(calls::state.eq("queued"));
    update(queued)
        .set((
            calls::state.eq("withheld"),
            calls::state_at.eq(at.as_micros()),
            calls::next_attempt_at.eq(None::<i64>),
        ))
        .execute(connection)?;
    Ok(())
}

/// The words of a text that was not tried yet become those of the newer one. It waits again if it was withheld, because
/// its check-in was taken back.
fn replace_untried(connection: &mut Connection, text: &OutgoingText, cause: Option<i64>) -> QueryResult<()> {
    let words = WordColumns::from(&text.words);
    let older = messages::table
        .filter(messages::tag.eq(text.tag.as_bytes().as_slice()))
        .filter(messages::state.eq_any(["queued", "withheld"]))
        .filter(messages::attempts.eq(0));
    update(older)
        .set((
            messages::state.eq("queued"),
            messages::next_attempt_at.eq(text.not_before.as_micros()),
            messages::body.eq(words.body),
            messages::sealed.eq(words.sealed),
            messages::sealed_key.eq(words.sealed_key),
            messages::sealed_until.eq(words.sealed_until),
            messages::cause_id.eq(cause),
        ))
        .execute(connection)?;
    Ok(())
}

/// A hiker has taken the newest check-in back: what waits for later and was not tried yet is about the check-in that
/// stands, or is withheld. A further check-in takes its place again.
pub(crate) fn correct_later(
    connection: &mut Connection,
    user: UserId,
    words: Option<&str>,
    at: Timestamp,
) -> QueryResult<()> {
    dialect::hold(connection, Held::QueuedOf(user.get()))?;
    let waiting = messages::table
        .filter(messages::user_id.eq(user.get()))
        .filter(messages::class.eq(Class::Safety.as_str()))
        .filter(messages::state.eq("queued"))
        .filter(messages::attempts.eq(0))
        .filter(messages::not_before.gt(messages::created_at.nullable()));
    match words {
        Some(words) => update(waiting)
            .set(messages::body.eq(words))
            .execute(connection)?,
        None => update(waiting)
            .set((
                messages::state.eq("withheld"),
                messages::state_at.eq(at.as_micros()),
                messages::next_attempt_at.eq(None::<i64>),
            ))
            .execute(connection)?,
    };
    Ok(())
}

/// A hiker has removed a contact: what waits for later and was not tried yet is not sent to them any more.
pub(crate) fn withhold_untried(connection: &mut Connection, user: UserId, contact: &str) -> QueryResult<()> {
    dialect::hold(connection, Held::QueuedOf(user.get()))?;
    let waiting = messages::table
        .filter(messages::phone.eq(contact))
        .filter(messages::user_id.eq(user.get()))
        .filter(messages::class.eq(Class::Safety.as_str()))
        .filter(messages::state.eq("queued"))
        .filter(messages::attempts.eq(0))
        .filter(messages::not_before.gt(messages::created_at.nullable()));
    update(waiting)
        .set((
            messages::state.eq("withheld"),
            messages::next_attempt_at.eq(None::<i64>),
        ))
        .execute(connection)?;
    Ok(())
}

fn queue_text(
    connection: &mut Connection,
    text: &OutgoingText,
    cause: Option<i64>,
    at: Timestamp,
) -> QueryResult<()> {
    let words = WordColumns::from(&text.words);
    let row = TextRow {
        tag: text.tag.as_bytes(),
        direction: "out",
        phone: text.to.as_str(),
        user_id: text.user.map(UserId::get),
        cause_id: cause,
        class: text.class.as_str(),
        state: "queued",
        body: words.body,
        sealed: words.sealed,
        sealed_key: words.sealed_key,
        sealed_until: words.sealed_until,
        not_before: text.not_before.as_micros(),
        next_attempt_at: text.not_before.as_micros(),
        expires_at: text.expires_at.as_micros(),
        state_at: at.as_micros(),
        created_at: at.as_micros(),
    };
    insert_into(messages::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}
