//! Forgetting what an account has behind it before the account itself goes, some hundred rows a commit.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, QueryResult, RunQueryDsl as _, delete as remove,
    dsl::{exists, not},
};
use thunderbird_domain::{account::AccountId, time::Timestamp};

use super::super::{
    Connection, Held, dialect,
    schema::{
        email_challenges, idempotency_keys, mails, password_resets, pending_actions, phone_codes,
        phone_word_sets, refresh_tokens, sessions,
    },
};

/// Rows that one commit takes.
const AT_ONCE: i64 = 500;

/// Removes these rows of a table; says how many went.
macro_rules! gone {
    ($connection:ident, $table:ident, $rows:expr) => {{
        let ids: Vec<i64> = $rows.limit(AT_ONCE).select($table::id).load($connection)?;
        if !ids.is_empty() {
            remove($table::table.filter($table::id.eq_any(&ids))).execute($connection)?;
        }
        ids.len()
    }};
}

/// Tables in the order of what points at what. The first one that has anything to forget is as much as one commit takes.
pub(super) fn prune(connection: &mut Connection, account: AccountId, at: Timestamp) -> QueryResult<bool> {
    let (id, now) = (account.get(), at.as_micros());
    let gone = match tokens(connection, id)? {
        0 => words(connection, (id, now))?,
        tokens => tokens,
    };
    Ok(gone > 0 || rest(connection, (id, now))? > 0)
}

/// Tokens that were replaced or whose session ended, and then the sessions.
fn tokens(connection: &mut Connection, id: i64) -> QueryResult<usize> {
    let over = refresh_tokens::generation
        .lt(sessions::generation)
        .or(sessions::ended_at.is_not_null());
    let of_account = refresh_tokens::table
        .inner_join(sessions::table.on(refresh_tokens::session_id.eq(sessions::id)))
        .filter(sessions::account_id.eq(id))
        .filter(over);
    let gone = gone!(connection, refresh_tokens, of_account);
    if gone > 0 {
        return Ok(gone);
    }
    let ended = sessions::table
        .filter(sessions::account_id.eq(id))
        .filter(sessions::ended_at.is_not_null());
    Ok(gone!(connection, sessions, ended))
}

/// Questions, and then the words that no question asks for any more.
fn words(connection: &mut Connection, (id, now): (i64, i64)) -> QueryResult<usize> {
    let over = pending_actions::ended_at
        .is_not_null()
        .or(pending_actions::expires_at.lt(now));
    let questions = pending_actions::table
        .filter(pending_actions::account_id.eq(id))
        .filter(over);
    let gone = gone!(connection, pending_actions, questions);
    if gone > 0 {
        return Ok(gone);
    }
    let over = phone_word_sets::ended_at
        .is_not_null()
        .or(phone_word_sets::expires_at.lt(now));
    let asked_for =
        pending_actions::table.filter(pending_actions::word_set_id.eq(phone_word_sets::id.nullable()));
    let words = phone_word_sets::table
        .filter(phone_word_sets::account_id.eq(id))
        .filter(over)
        .filter(not(exists(asked_for)));
    Ok(gone!(connection, phone_word_sets, words))
}

/// What nothing else points at.
fn rest(connection: &mut Connection, (id, now): (i64, i64)) -> QueryResult<usize> {
    let over = phone_codes::ended_at
        .is_not_null()
        .or(phone_codes::expires_at.lt(now));
    let codes = phone_codes::table
        .filter(phone_codes::account_id.eq(id))
        .filter(over);
    let gone = gone!(connection, phone_codes, codes);
    if gone > 0 {
        return Ok(gone);
    }
    dialect::hold(connection, Held::MailsOf(id))?;
    let under_way = mails::state.eq_any(["queued", "sending"]);
    let ended = mails::table
        .filter(mails::account_id.eq(id))
        .filter(not(under_way));
    let gone = gone!(connection, mails, ended);
    if gone > 0 {
        return Ok(gone);
    }
    let answers = idempotency_keys::table.filter(idempotency_keys::owner.eq(format!("account:{id}")));
    let gone = gone!(connection, idempotency_keys, answers);
    if gone > 0 {
        return Ok(gone);
    }
    mailed_links(connection, (id, now))
}

fn mailed_links(connection: &mut Connection, (id, now): (i64, i64)) -> QueryResult<usize> {
    let over = password_resets::ended_at
        .is_not_null()
        .or(password_resets::expires_at.lt(now));
    let resets = password_resets::table
        .filter(password_resets::account_id.eq(id))
        .filter(over);
    let gone = gone!(connection, password_resets, resets);
    let over = email_challenges::ended_at
        .is_not_null()
        .or(email_challenges::expires_at.lt(now));
    let challenges = email_challenges::table
        .filter(email_challenges::account_id.eq(id))
        .filter(over);
    Ok(gone + gone!(connection, email_challenges, challenges))
}
