//! What is known about a sender before a text is decided.

use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _,
};
use thunderbird_domain::{
    account::AccountId,
    id::MessageId,
    outgoing::Words,
    phone_number::PhoneNumber,
    sms::inbound::{
        HISTORY_ROWS, LIMIT_WINDOW, PastText, ReplyPart, SenderHistory, SenderState, TextDigest, TextOutcome,
    },
    time::Timestamp,
};

use super::{
    Connection,
    column::{self, instant},
    contact_of, conversation, deadline,
    schema::{contacts, conversations, inbound_sids, messages, opt_outs, phone_links, users},
    user,
};

/// How many of a sender's texts are read at a time.
const CHUNK: i64 = 16;

/// What there is of a sender: hiker, conversation, opt-out, linked account, any text, any hiker that chose it.
type Found = (
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

/// A past text's columns: id, when it came, when it was texted if it was fetched, state, digest.
type PastRow = (i64, i64, Option<i64>, String, Option<Vec<u8>>);

/// What is known about a sender. Most senders are strangers or have nothing pending: one statement finds out what
/// there is to read.
pub(crate) fn situation(
    connection: &mut Connection,
    phone: &PhoneNumber,
    digest: TextDigest,
    at: Timestamp,
) -> QueryResult<SenderState> {
    let number = phone.as_str();
    let (hiker, talk, opt_out, linked, newest, chosen): Found = diesel::select((
        users::table
            .filter(users::phone.eq(number))
            .filter(users::ended_at.is_null())
            .select(users::id)
            .single_value(),
        conversations::table
            .filter(conversations::phone.eq(number))
            .select(conversations::id)
            .single_value(),
        opt_outs::table
            .filter(opt_outs::phone.eq(number))
            .filter(opt_outs::ended_at.is_null())
            .select(opt_outs::id)
            .single_value(),
        phone_links::table
            .filter(phone_links::phone.eq(number))
            .filter(phone_links::ended_at.is_null())
            .select(phone_links::account_id)
            .single_value(),
        messages::table
            .filter(messages::phone.eq(number))
            .select(messages::id)
            .single_value(),
        contacts::table
            .filter(contacts::phone.eq(number))
            .select(contacts::id)
            .single_value(),
    ))
    .get_result(connection)?;
    let history = match newest {
        Some(_) => SenderHistory::of(past_texts(connection, phone, at)?, digest, at),
        None => SenderHistory::default(),
    };
    let first_answer = match history.repeats {
        Some(first) => said(parts_of(connection, first.get())?),
        None => Vec::new(),
    };
    Ok(SenderState {
        user: hiker.map_or(Ok(None), |_| user::by_phone(connection, phone))?,
        contact_of: chosen.map_or(Ok(Vec::new()), |_| contact_of::of_phone(connection, phone))?,
        conversation: talk.map_or(Ok(None), |_| conversation::of_phone(connection, phone))?,
        opted_out: opt_out.is_some(),
        linked_account: linked.map(AccountId::from_stored),
        alarms: deadline::alarms_of(connection, phone, at)?,
        history,
        first_answer,
    })
}

/// The texts of an answer; one with a secret is left out.
fn said(parts: Vec<ReplyPart>) -> Vec<String> {
    let plain = |part: ReplyPart| match part.words {
        Words::Plain(text) => Some(text),
        Words::Sealed { .. } => None,
    };
    parts.into_iter().filter_map(plain).collect()
}

/// A sender's texts, newest first, back to the first one that limits no longer look at.
fn past_texts(connection: &mut Connection, phone: &PhoneNumber, at: Timestamp) -> QueryResult<Vec<PastText>> {
    let mut texts: Vec<PastText> = Vec::new();
    let mut below = i64::MAX;
    loop {
        let rows: Vec<PastRow> = messages::table
            .left_join(inbound_sids::table.on(inbound_sids::sid.nullable().eq(messages::provider_sid)))
            .filter(messages::phone.eq(phone.as_str()))
            .filter(messages::direction.eq("in"))
            .filter(messages::id.lt(below))
            .order(messages::id.desc())
            .limit(CHUNK)
            .select((
                messages::id,
                messages::created_at,
                messages::texted_at,
                messages::state,
                inbound_sids::digest.nullable(),
            ))
            .load(connection)?;
        let full = i64::try_from(rows.len()).is_ok_and(|count| count == CHUNK);
        for (id, created_at, texted_at, state, digest) in rows {
            below = id;
            let digest = digest
                .and_then(|raw| raw.try_into().ok())
                .map(TextDigest::from_bytes);
            let outcome = TextOutcome::parse(&state).ok_or_else(|| column::corrupt("messages.state", id))?;
            texts.push(PastText {
                id: MessageId::from_stored(id),
                at: instant(created_at),
                texted_at: instant(texted_at.unwrap_or(created_at)),
                outcome,
                digest,
            });
        }
        let reaches_back = texts
            .last()
            .is_none_or(|oldest| at.since(oldest.at) >= LIMIT_WINDOW);
        if !full || reaches_back || texts.len() >= usize::try_from(HISTORY_ROWS).unwrap_or(usize::MAX) {
            return Ok(texts);
        }
    }
}

/// What the number has texted since an instant, as far as it is stored and can be read, newest first.
pub(crate) fn own_texts(
    connection: &mut Connection,
    phone: &PhoneNumber,
    since: Timestamp,
    limit: u32,
) -> QueryResult<Vec<String>> {
    let bodies: Vec<Option<String>> = messages::table
        .filter(messages::phone.eq(phone.as_str()))
        .filter(messages::direction.eq("in"))
        .filter(messages::created_at.ge(since.as_micros()))
        .filter(messages::body.is_not_null())
        .order(messages::id.desc())
        .limit(limit.into())
        .select(messages::body)
        .load(connection)?;
    Ok(bodies.into_iter().flatten().collect())
}

/// A reply's columns: id, tag, body, sealed, its key, until when.
type PartRow = (
    i64,
    Vec<u8>,
    Option<String>,
    Option<Vec<u8>>,
    Option<String>,
    Option<i64>,
);

/// The texts of the answer that was given to a text.
pub(crate) fn parts_of(connection: &mut Connection, message: i64) -> QueryResult<Vec<ReplyPart>> {
    let rows: Vec<PartRow> = messages::table
        .filter(messages::cause_id.eq(message))
        .filter(messages::state.eq("replied"))
        .order(messages::id)
        .select((
            messages::id,
            messages::tag,
            messages::body,
            messages::sealed,
            messages::sealed_key,
            messages::sealed_until,
        ))
        .load(connection)?;
    let mut parts = Vec::with_capacity(rows.len());
    for (id, tag, body, sealed, key_id, until) in rows {
        let Some(words) = column::words(body, sealed, key_id, until) else {
            continue;
        };
        parts.push(ReplyPart {
            tag: column::tag(&tag, "messages.tag", id)?,
            words,
        });
    }
    Ok(parts)
}
