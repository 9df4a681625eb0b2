//! What the provider says later: callbacks, prices, and what is forgotten in time.

use diesel::{
    AsChangeset, ExpressionMethods as _, NullableExpressionMethods as _, OptionalExtension as _,
    QueryDsl as _, QueryResult, RunQueryDsl as _, delete, insert_into, update,
};
use thunderbird_domain::{
    id::MessageId,
    outbox::state::SendState,
    outgoing::Class,
    sms::{
        delivery::{self, Delivery},
        gateway::{MessageSid, ProviderStatus},
        outbox::{Callback, CallbackResult, Reading, Unread},
    },
    time::Timestamp,
};

use super::{
    super::{
        Connection, Held,
        column::{corrupt, instant, phone},
        dialect, opt_out, reach,
        schema::{messages, status_callbacks},
    },
    row,
};

/// A text as a callback meets it: id, recipient, state, error code, since when it is in that state, class.
type Met = (i64, String, String, Option<String>, i64, String);

/// A text as reading back meets it: id, class, sid, earlier readings, state, error code.
type Readable = (i64, String, Option<String>, i64, String, Option<String>);

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Takes a callback.
pub(super) fn take(connection: &mut Connection, callback: &Callback) -> QueryResult<CallbackResult> {
    // Reports of two texts hold two keys, and what their hiker hears of is counted.
    dialect::hold(connection, Held::HikerOf(callback.sid.as_str()))?;
    let met = find(connection, &callback.sid)?;
    let stored = insert_into(status_callbacks::table)
        .values((
            status_callbacks::sid.eq(callback.sid.as_str()),
            status_callbacks::status.eq(status_word(callback.status)),
            status_callbacks::error_code.eq(callback.code.map(|code| code.to_string()).unwrap_or_default()),
            status_callbacks::received_at.eq(callback.at.as_micros()),
            status_callbacks::applied.eq(met.is_some()),
        ))
        .on_conflict((
            status_callbacks::sid,
            status_callbacks::status,
            status_callbacks::error_code,
        ))
        .do_nothing()
        .execute(connection)?;
    match met {
        _ if stored == 0 => Ok(CallbackResult::Repeated),
        None => Ok(CallbackResult::Kept),
        Some(met) => {
            apply(connection, &met, callback)?;
            Ok(CallbackResult::Applied)
        }
    }
}

/// Applies the callbacks that came before the sid was known.
pub(crate) fn apply_early(connection: &mut Connection, sid: &MessageSid, at: Timestamp) -> QueryResult<()> {
    let early = status_callbacks::table
        .filter(status_callbacks::sid.eq(sid.as_str()))
        .filter(status_callbacks::applied.eq(false));
    let rows: Vec<(i64, String, String)> = early
        .select((
            status_callbacks::id,
            status_callbacks::status,
            status_callbacks::error_code,
        ))
        .load(connection)?;
    for (id, status, code) in rows {
        let status = SendState::parse(&status).and_then(|state| Delivery::of(state, None));
        let status = status
            .ok_or_else(|| corrupt("status_callbacks.status", id))?
            .status;
        let callback = Callback {
            sid: sid.clone(),
            status,
            code: row::code(Some(&code)),
            at,
        };
        if let Some(met) = find(connection, sid)? {
            apply(connection, &met, &callback)?;
        }
        update(status_callbacks::table.find(id))
            .set(status_callbacks::applied.eq(true))
            .execute(connection)?;
    }
    Ok(())
}

/// The text, which no other job changes until the commit: a reading back holds another key than a callback.
fn find(connection: &mut Connection, sid: &MessageSid) -> QueryResult<Option<Met>> {
    dialect::hold(connection, Held::TextOf(sid.as_str()))?;
    messages::table
        .filter(messages::provider_sid.eq(sid.as_str()))
        .filter(messages::class.is_not_null())
        .filter(messages::direction.eq("out"))
        .select((
            messages::id,
            messages::phone,
            messages::state,
            messages::error_code,
            messages::state_at,
            messages::class.assume_not_null(),
        ))
        .first(connection)
        .optional()
}

fn apply(connection: &mut Connection, met: &Met, callback: &Callback) -> QueryResult<()> {
    let (id, recipient, state, code, since, class) = met;
    let heard = Delivery {
        status: callback.status,
        code: callback.code,
    };
    let text = (*id, row::class(class, *id)?);
    let known = row::delivery(state, code.as_deref(), *id)?;
    advance(connection, text, known, heard, callback.at)?;
    let recipient = phone(recipient, "messages.phone", *id)?;
    if let Some(change) = delivery::opt_out(callback, &recipient) {
        // A START that is being committed holds the number's key, and this job only the sid's.
        dialect::hold(connection, Held::OptOut(recipient.as_str()))?;
        if !opt_out::cleared_since(connection, &recipient, instant(*since))? {
            opt_out::apply(connection, &change)?;
        }
    }
    Ok(())
}

fn advance(
    connection: &mut Connection,
    (id, class): (i64, Class),
    known: Option<Delivery>,
    heard: Delivery,
    at: Timestamp,
) -> QueryResult<()> {
    let Some(known) = known else { return Ok(()) };
    let next = known.with(heard);
    if next == known {
        return Ok(());
    }
    update(messages::table.find(id))
        .set((
            messages::state.eq(status_word(next.status)),
            messages::error_code.eq(next.code.map(|code| code.to_string())),
            messages::state_at.eq(at.as_micros()),
            messages::reread_at.eq(next.first_reading(class, at).as_micros()),
            messages::rereads.eq(0),
        ))
        .execute(connection)?;
    reach::note(connection, id, at)
}

fn status_word(status: ProviderStatus) -> &'static str {
    SendState::from(status).as_str()
}

/// Texts that are due for reading back.
pub(super) fn unread(connection: &mut Connection, now: Timestamp, limit: usize) -> QueryResult<Vec<Unread>> {
    let rows: Vec<Readable> = messages::table
        .filter(messages::reread_at.le(now.as_micros()))
        .filter(messages::class.is_not_null())
        .order(messages::reread_at)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((
            messages::id,
            messages::class.assume_not_null(),
            messages::provider_sid,
            messages::rereads,
            messages::state,
            messages::error_code,
        ))
        .load(connection)?;
    let mut due = Vec::with_capacity(rows.len());
    for (id, class, sid, readings, state, code) in rows {
        if let (Some(sid), Some(delivery)) = (sid, row::delivery(&state, code.as_deref(), id)?) {
            due.push(Unread {
                id: MessageId::from_stored(id),
                class: row::class(&class, id)?,
                sid: row::sid(&sid, id)?,
                readings: row::count(readings),
                delivery,
            });
        }
    }
    Ok(due)
}

#[derive(AsChangeset)]
#[diesel(table_name = messages)]
struct Figures<'a> {
    segments: Option<i64>,
    price_micros: Option<i64>,
    price_currency: Option<&'a str>,
}

/// Stores what reading back told.
pub(super) fn record(connection: &mut Connection, reading: &Reading) -> QueryResult<()> {
    let id = reading.id.get();
    dialect::hold(connection, Held::Text(id))?;
    let row = messages::table.find(id);
    let found: Option<(String, Option<String>, String)> = row
        .filter(messages::class.is_not_null())
        .select((
            messages::state,
            messages::error_code,
            messages::class.assume_not_null(),
        ))
        .first(connection)
        .optional()?;
    let Some((state, code, class)) = found else {
        return Ok(());
    };
    if let Some(heard) = reading.delivery {
        let text = (id, row::class(&class, id)?);
        let known = row::delivery(&state, code.as_deref(), id)?;
        advance(connection, text, known, heard, reading.at)?;
    }
    let figures = Figures {
        segments: reading.segments.map(i64::from),
        price_micros: reading.price.map(|price| price.micros),
        price_currency: reading.price.as_ref().map(|price| price.currency.code()),
    };
    update(row)
        .set((
            figures,
            messages::rereads.eq(messages::rereads + 1),
            messages::reread_at.eq(reading.again_at.map(Timestamp::as_micros)),
        ))
        .execute(connection)?;
    Ok(())
}

/// Forgets sealed words whose secret has expired, and callbacks that no text claimed for a day.
pub(super) fn erase(connection: &mut Connection, now: Timestamp) -> QueryResult<usize> {
    let words = dialect::erase_sealed(connection, now.as_micros())?;
    let day_ago = instant(now.as_micros().saturating_sub(MICROS_PER_DAY)).as_micros();
    let unclaimed = status_callbacks::applied.eq(false);
    let found: Vec<i64> = status_callbacks::table
        .filter(status_callbacks::received_at.le(day_ago))
        .filter(unclaimed)
        .select(status_callbacks::id)
        .limit(500)
        .load(connection)?;
    let found = dialect::free(connection, "status_callbacks", found)?;
    if found.is_empty() {
        return Ok(words);
    }
    // A text may have claimed one since.
    let found = status_callbacks::table.filter(status_callbacks::id.eq_any(found));
    let callbacks = delete(found.filter(unclaimed)).execute(connection)?;
    Ok(words + callbacks)
}
