//! Queues what a decision sends, in the commit of the decision.

use diesel::{
    ExpressionMethods as _, Insertable, QueryDsl as _, QueryResult, RunQueryDsl as _, insert_into, update,
};
use thunderbird_domain::{
    outgoing::{Outgoing, OutgoingMail, OutgoingText, Words},
    time::Timestamp,
    user::UserId,
};

use super::{
    Connection,
    schema::{mails, messages},
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

#[derive(Insertable)]
#[diesel(table_name = mails)]
struct MailRow<'a> {
    tag: &'a [u8],
    account_id: Option<i64>,
    recipient: &'a str,
    subject: &'a str,
    state: &'static str,
    body: Option<&'a str>,
    sealed: Option<&'a [u8]>,
    sealed_key: Option<&'a str>,
    sealed_until: Option<i64>,
    next_attempt_at: i64,
    expires_at: i64,
    state_at: i64,
    created_at: i64,
}

/// Words as their four columns.
pub(crate) struct WordColumns<'a> {
    pub(crate) body: Option<&'a str>,
    pub(crate) sealed: Option<&'a [u8]>,
    pub(crate) sealed_key: Option<&'a str>,
    pub(crate) sealed_until: Option<i64>,
}

impl<'a> From<&'a Words> for WordColumns<'a> {
    fn from(words: &'a Words) -> Self {
        match words {
            Words::Plain(text) => Self {
                body: Some(text),
                sealed: None,
                sealed_key: None,
                sealed_until: None,
            },
            Words::Sealed { sealed, until } => Self {
                body: None,
                sealed: Some(&sealed.bytes),
                sealed_key: Some(&sealed.key_id),
                sealed_until: Some(until.as_micros()),
            },
        }
    }
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
        Outgoing::Mail(mail) => queue_mail(connection, mail, at),
    })
}

/// The time of a hiker on a number has ended: contacts hear nothing more, the number no more of the hiker. What is
/// being sent at this moment is withheld by the claim that would send it again.
pub(crate) fn withhold_queued(connection: &mut Connection, user: UserId, at: Timestamp) -> QueryResult<()> {
    let queued = messages::table
        .filter(messages::user_id.eq(user.get()))
        .filter(messages::direction.eq("out"))
        .filter(messages::state.eq("queued"));
    update(queued)
        .set((
            messages::state.eq("withheld"),
            messages::state_at.eq(at.as_micros()),
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

fn queue_mail(connection: &mut Connection, mail: &OutgoingMail, at: Timestamp) -> QueryResult<()> {
    let words = WordColumns::from(&mail.words);
    let row = MailRow {
        tag: mail.tag.as_bytes(),
        account_id: mail.account.map(thunderbird_domain::account::AccountId::get),
        recipient: mail.to.as_str(),
        subject: &mail.subject,
        state: "queued",
        body: words.body,
        sealed: words.sealed,
        sealed_key: words.sealed_key,
        sealed_until: words.sealed_until,
        next_attempt_at: at.as_micros(),
        expires_at: mail.expires_at.as_micros(),
        state_at: at.as_micros(),
        created_at: at.as_micros(),
    };
    insert_into(mails::table)
        .values(row)
        .on_conflict(mails::tag)
        .do_nothing()
        .execute(connection)?;
    Ok(())
}
