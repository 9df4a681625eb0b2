//! Queues a mail, in the commit of what it tells.

use diesel::{Insertable, QueryResult, RunQueryDsl as _, insert_into};
use thunderbird_domain::{limit::Verdict, outgoing::OutgoingMail, time::Timestamp};

use super::{Connection, limit, schema::mails, word_columns::WordColumns};

#[derive(Insertable)]
#[diesel(table_name = mails)]
struct MailRow<'a> {
    tag: &'a [u8],
    account_id: Option<i64>,
    recipient: &'a str,
    subject: &'a str,
    class: &'static str,
    is_page: bool,
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

/// A mail of which its counter has had enough is left out; what it tells of happens all the same.
pub(crate) fn queue(connection: &mut Connection, mail: &OutgoingMail, at: Timestamp) -> QueryResult<()> {
    let cap = mail.cap.as_slice();
    if limit::judge(connection, cap, at)? != Verdict::Allowed {
        return Ok(());
    }
    let words = WordColumns::from(&mail.words);
    let row = MailRow {
        tag: mail.tag.as_bytes(),
        account_id: mail.account.map(thunderbird_domain::account::AccountId::get),
        recipient: mail.to.as_str(),
        subject: &mail.subject,
        class: mail.class.as_str(),
        is_page: mail.is_page,
        state: "queued",
        body: words.body,
        sealed: words.sealed,
        sealed_key: words.sealed_key,
        sealed_until: words.sealed_until,
        next_attempt_at: mail.not_before.unwrap_or(at).as_micros(),
        expires_at: mail.expires_at.as_micros(),
        state_at: at.as_micros(),
        created_at: at.as_micros(),
    };
    let queued = insert_into(mails::table)
        .values(row)
        .on_conflict(mails::tag)
        .do_nothing()
        .execute(connection)?;
    if queued == 1 && !cap.is_empty() {
        limit::count(connection, cap, at)?;
    }
    Ok(())
}
