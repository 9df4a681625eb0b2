//! Forgetting texts, mails and proofs: first their words, much later that there was one, and last the tombstone of a sid,
//! when nothing that is believed could have signed it: a captured webhook must never act again.

use diesel::{
    ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete as remove, update,
};
use thunderbird_domain::{privacy::RetentionCutoffs, sms::inbound::TokenFingerprint, time::Timestamp};

use super::super::{
    Connection, contact_mail, dialect,
    schema::{
        calls, conversations, idempotency_keys, inbound_sids, mails, messages, page_events, pages,
        pending_actions, phone_codes, phone_word_sets, status_callbacks,
    },
};
use super::chunk::{AT_ONCE, some};

/// Sids of texts from before that were signed with none of the tokens that are believed, oldest first.
pub(super) fn spent_sids(
    connection: &mut Connection,
    before: Timestamp,
    believed: &[TokenFingerprint],
) -> QueryResult<Vec<String>> {
    let believed = believed.iter().map(|token| token.as_bytes().to_vec());
    inbound_sids::table
        .filter(inbound_sids::received_at.lt(before.as_micros()))
        .filter(inbound_sids::token_fingerprint.ne_all(believed.collect::<Vec<_>>()))
        .order(inbound_sids::received_at)
        .limit(AT_ONCE)
        .select(inbound_sids::sid)
        .load(connection)
}

/// Says how many went.
pub(super) fn forget_sids(connection: &mut Connection, sids: &[String]) -> QueryResult<usize> {
    remove(inbound_sids::table.filter(inbound_sids::sid.eq_any(sids))).execute(connection)
}

/// Says how many rows went or lost their words.
pub(super) fn forget(connection: &mut Connection, cutoffs: RetentionCutoffs) -> QueryResult<usize> {
    Ok(erase_bodies(connection, cutoffs.bodies)?
        + forget_messages(connection, cutoffs.metadata)?
        + forget_pages(connection, cutoffs.metadata)?
        + forget_proofs(connection, cutoffs)?
        + forget_spent(connection, cutoffs)?)
}

fn erase_bodies(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let texts: Vec<i64> = messages::table
        .filter(messages::body.is_not_null())
        .filter(messages::created_at.lt(before.as_micros()))
        .order(messages::created_at)
        .limit(AT_ONCE)
        .select(messages::id)
        .load(connection)?;
    let letters: Vec<i64> = mails::table
        .filter(mails::body.is_not_null())
        .filter(mails::created_at.lt(before.as_micros()))
        .order(mails::created_at)
        .limit(AT_ONCE)
        .select(mails::id)
        .load(connection)?;
    let nothing = None::<String>;
    let texts = some(connection, ("messages", texts), |connection, ids| {
        update(messages::table.filter(messages::id.eq_any(ids)))
            .set(messages::body.eq(&nothing))
            .execute(connection)
    })?;
    let letters = some(connection, ("mails", letters), |connection, ids| {
        update(mails::table.filter(mails::id.eq_any(ids)))
            .set(mails::body.eq(&nothing))
            .execute(connection)
    })?;
    Ok(texts + letters + erase_spoken(connection, before)?)
}

/// What was said on the phone goes when the texts lose their words.
fn erase_spoken(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let spoken: Vec<i64> = calls::table
        .filter(calls::words.is_not_null())
        .filter(calls::created_at.lt(before.as_micros()))
        .order(calls::created_at)
        .limit(AT_ONCE)
        .select(calls::id)
        .load(connection)?;
    some(connection, ("calls", spoken), |connection, ids| {
        update(calls::table.filter(calls::id.eq_any(ids)))
            .set(calls::words.eq(None::<String>))
            .execute(connection)
    })
}

fn forget_messages(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let before = before.as_micros();
    // Its words went long before.
    let texts: Vec<i64> = messages::table
        .filter(messages::body.is_null())
        .filter(messages::created_at.lt(before))
        .order(messages::created_at)
        .limit(AT_ONCE)
        .select(messages::id)
        .load(connection)?;
    let texts = dialect::free(connection, "messages", texts)?;
    // What was caused by one of them may be a moment younger.
    some(connection, ("messages", texts.clone()), |connection, ids| {
        update(messages::table.filter(messages::cause_id.eq_any(ids)))
            .set(messages::cause_id.eq(None::<i64>))
            .execute(connection)
    })?;
    let letters: Vec<i64> = mails::table
        .filter(mails::created_at.lt(before))
        .order(mails::created_at)
        .limit(AT_ONCE)
        .select(mails::id)
        .load(connection)?;
    let receipts: Vec<i64> = status_callbacks::table
        .filter(status_callbacks::received_at.lt(before))
        .order(status_callbacks::received_at)
        .limit(AT_ONCE)
        .select(status_callbacks::id)
        .load(connection)?;
    Ok(some(connection, ("messages", texts), |connection, ids| {
        remove(messages::table.filter(messages::id.eq_any(ids))).execute(connection)
    })? + some(connection, ("mails", letters), |connection, ids| {
        contact_mail::forget(connection, &ids)?;
        remove(mails::table.filter(mails::id.eq_any(ids))).execute(connection)
    })? + some(connection, ("status_callbacks", receipts), |connection, ids| {
        remove(status_callbacks::table.filter(status_callbacks::id.eq_any(ids))).execute(connection)
    })?)
}

/// Pages to the operator, and which events they told of.
fn forget_pages(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let before = before.as_micros();
    let old: Vec<i64> = pages::table
        .filter(pages::created_at.lt(before))
        .order(pages::created_at)
        .limit(AT_ONCE)
        .select(pages::id)
        .load(connection)?;
    let events: Vec<String> = page_events::table
        .filter(page_events::told_at.lt(before))
        .order(page_events::told_at)
        .limit(AT_ONCE)
        .select(page_events::event)
        .load(connection)?;
    let gone = some(connection, ("pages", old), |connection, ids| {
        remove(pages::table.filter(pages::id.eq_any(ids))).execute(connection)
    })?;
    Ok(gone + remove(page_events::table.filter(page_events::event.eq_any(&events))).execute(connection)?)
}

/// Codes, the questions that CONFIRM answers, and the words they were opened with, in this order: a question refers to
/// its words.
fn forget_proofs(connection: &mut Connection, cutoffs: RetentionCutoffs) -> QueryResult<usize> {
    let codes: Vec<i64> = phone_codes::table
        .filter(phone_codes::created_at.lt(cutoffs.codes.as_micros()))
        .order(phone_codes::created_at)
        .limit(AT_ONCE)
        .select(phone_codes::id)
        .load(connection)?;
    let questions: Vec<i64> = pending_actions::table
        .filter(pending_actions::created_at.lt(cutoffs.codes.as_micros()))
        .order(pending_actions::created_at)
        .limit(AT_ONCE)
        .select(pending_actions::id)
        .load(connection)?;
    let asked = questions.len();
    let codes = some(connection, ("phone_codes", codes), |connection, ids| {
        remove(phone_codes::table.filter(phone_codes::id.eq_any(ids))).execute(connection)
    })?;
    let questions = some(connection, ("pending_actions", questions), |connection, ids| {
        remove(pending_actions::table.filter(pending_actions::id.eq_any(ids))).execute(connection)
    })?;
    let gone = codes + questions;
    // A question that stays, because there are many or another write holds it, may refer to its words.
    if questions < asked || i64::try_from(asked).is_ok_and(|asked| asked == AT_ONCE) {
        return Ok(gone);
    }
    let words: Vec<i64> = phone_word_sets::table
        .filter(phone_word_sets::created_at.lt(cutoffs.words.as_micros()))
        .order(phone_word_sets::created_at)
        .limit(AT_ONCE)
        .select(phone_word_sets::id)
        .load(connection)?;
    Ok(gone
        + some(connection, ("phone_word_sets", words), |connection, ids| {
            remove(phone_word_sets::table.filter(phone_word_sets::id.eq_any(ids))).execute(connection)
        })?)
}

/// Conversations that were given up, and keys of requests that will not be repeated any more.
fn forget_spent(connection: &mut Connection, cutoffs: RetentionCutoffs) -> QueryResult<usize> {
    let given_up = conversations::expires_at.lt(cutoffs.codes.as_micros());
    let spent = idempotency_keys::expires_at.lt(cutoffs.now.as_micros());
    let talks: Vec<i64> = conversations::table
        .filter(given_up)
        .order(conversations::expires_at)
        .limit(AT_ONCE)
        .select(conversations::id)
        .load(connection)?;
    let keys: Vec<i64> = idempotency_keys::table
        .filter(spent)
        .order(idempotency_keys::expires_at)
        .limit(AT_ONCE)
        .select(idempotency_keys::id)
        .load(connection)?;
    // What began again since it was found stays.
    Ok(some(connection, ("conversations", talks), |connection, ids| {
        let talks = conversations::table.filter(conversations::id.eq_any(ids));
        remove(talks.filter(given_up)).execute(connection)
    })? + some(connection, ("idempotency_keys", keys), |connection, ids| {
        let keys = idempotency_keys::table.filter(idempotency_keys::id.eq_any(ids));
        remove(keys.filter(spent)).execute(connection)
    })?)
}
