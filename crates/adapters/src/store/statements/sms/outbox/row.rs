//! Columns of a text that we send, and what they mean.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
    Selectable, SelectableHelper as _, result::Error,
};
use thunderbird_domain::{
    id::MessageId,
    outbox::{message::Progress, state::SendState},
    outgoing::Class,
    random::Tag,
    sms::{
        delivery::Delivery,
        gateway::MessageSid,
        outbox::{TextPayload, TextReceipt},
        price::{Currency, Price},
    },
};

use super::super::{
    Connection,
    column::{corrupt, optional_instant},
    schema::messages,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
struct ProgressRow {
    id: i64,
    state: String,
    provider_sid: Option<String>,
    error_code: Option<String>,
    segments: i64,
    price_micros: Option<i64>,
    price_currency: Option<String>,
    attempts: i64,
    ambiguous_attempts: i64,
    next_attempt_at: Option<i64>,
    body: Option<String>,
    sealed: Option<Vec<u8>>,
}

/// What is known of the text with this tag.
pub(crate) fn progress(connection: &mut Connection, tag: Tag) -> QueryResult<Option<Progress<TextPayload>>> {
    let found = messages::table
        .filter(messages::tag.eq(tag.as_bytes().as_slice()))
        .filter(messages::class.is_not_null())
        .select(ProgressRow::as_select())
        .first(connection)
        .optional()?;
    found.as_ref().map(read_progress).transpose()
}

fn read_progress(row: &ProgressRow) -> QueryResult<Progress<TextPayload>> {
    let state = state(&row.state, row.id)?;
    Ok(Progress {
        id: MessageId::from_stored(row.id),
        state,
        receipt: receipt(row)?,
        code: code(row.error_code.as_deref()),
        attempts: count(row.attempts),
        ambiguous: count(row.ambiguous_attempts),
        next_attempt_at: optional_instant(row.next_attempt_at).filter(|_| state == SendState::Queued),
        has_words: row.body.is_some() || row.sealed.is_some(),
    })
}

/// A text has a price from the moment that the provider takes it over.
fn receipt(row: &ProgressRow) -> QueryResult<Option<TextReceipt>> {
    let Some(price) = price(row.price_micros, row.price_currency.as_deref()) else {
        return Ok(None);
    };
    Ok(Some(TextReceipt {
        sid: row
            .provider_sid
            .as_deref()
            .map(|raw| sid(raw, row.id))
            .transpose()?,
        segments: count(row.segments),
        price,
    }))
}

/// Reads a state.
pub(crate) fn state(word: &str, row: i64) -> Result<SendState, Error> {
    SendState::parse(word).ok_or_else(|| corrupt("messages.state", row))
}

/// Reads a provider's sid.
pub(crate) fn sid(raw: &str, row: i64) -> Result<MessageSid, Error> {
    MessageSid::parse(raw).ok_or_else(|| corrupt("messages.provider_sid", row))
}

/// Reads a class.
pub(crate) fn class(word: &str, row: i64) -> Result<Class, Error> {
    Class::parse(word).ok_or_else(|| corrupt("messages.class", row))
}

/// Reads an error code.
pub(crate) fn code(raw: Option<&str>) -> Option<u32> {
    raw.and_then(|digits| digits.parse().ok())
}

/// How far the provider has come with a row.
pub(crate) fn delivery(word: &str, error_code: Option<&str>, row: i64) -> Result<Option<Delivery>, Error> {
    Ok(Delivery::of(state(word, row)?, code(error_code)))
}

/// Reads a count that is never negative.
pub(crate) fn count(raw: i64) -> u32 {
    u32::try_from(raw).unwrap_or(0)
}

fn price(micros: Option<i64>, currency: Option<&str>) -> Option<Price> {
    Some(Price {
        micros: micros?,
        currency: Currency::parse(currency?)?,
    })
}
