//! Ends leases with what became of the text.

use diesel::{
    AsChangeset, BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, update,
};
use thunderbird_domain::{
    id::MessageId,
    outbox::{
        message::Payload as _,
        settle::{SendOutcome, Settlement},
        state::SendState,
    },
    outgoing::Class,
    random::Tag,
    sms::{
        delivery::Delivery,
        gateway::MessageSid,
        outbox::{TextPayload, TextReceipt},
    },
    time::Timestamp,
};

use super::{
    Connection, Key, column, opt_out,
    outbox::{callbacks, row},
    reach,
    schema::messages,
    voice,
};

/// What every settlement writes; `None` inside is NULL.
#[derive(AsChangeset)]
#[diesel(table_name = messages)]
#[diesel(treat_none_as_null = true)]
struct Settled {
    state: &'static str,
    state_at: i64,
    error_code: Option<String>,
    next_attempt_at: Option<i64>,
    lease_tag: Option<Vec<u8>>,
    lease_until: Option<i64>,
}

#[derive(AsChangeset)]
#[diesel(table_name = messages)]
#[diesel(treat_none_as_null = true)]
struct Taken {
    provider_sid: Option<String>,
    segments: i64,
    price_micros: Option<i64>,
    price_currency: Option<String>,
    reread_at: Option<i64>,
    rereads: i64,
}

#[derive(AsChangeset, Default)]
#[diesel(table_name = messages)]
#[diesel(treat_none_as_null = true)]
struct NoSecret {
    sealed: Option<Vec<u8>>,
    sealed_key: Option<String>,
    sealed_until: Option<i64>,
}

/// What a settlement decides about: its text, the sid that callbacks name it by, and the number that opts out.
pub(super) fn keys(settlement: &Settlement<TextPayload>) -> impl Iterator<Item = Key<'_>> {
    let sid = match &settlement.outcome {
        SendOutcome::Accepted(receipt) => receipt.sid.as_ref(),
        SendOutcome::Again { .. } | SendOutcome::Ended { .. } => None,
    };
    let opt_out = settlement.opt_out.as_ref().map(opt_out::key);
    [Key::Text(settlement.id.get())]
        .into_iter()
        .chain(sid.map(|sid| Key::Sid(sid.as_str())))
        .chain(opt_out)
}

/// Applies one settlement, if its lease still holds the text.
pub(super) fn apply(connection: &mut Connection, settlement: &Settlement<TextPayload>) -> QueryResult<()> {
    let accepted = matches!(settlement.outcome, SendOutcome::Accepted(_));
    let Some(class) = settleable(connection, settlement.id, settlement.lease, accepted)? else {
        return Ok(());
    };
    if let Some(change) = &settlement.opt_out {
        opt_out::apply(connection, change)?;
    }
    let row = messages::table.find(settlement.id.get());
    update(row).set(settled(settlement)).execute(connection)?;
    match &settlement.outcome {
        SendOutcome::Accepted(TextReceipt { sid, segments, price }) => {
            let sid = match sid {
                Some(sid) if !is_taken(connection, sid)? => Some(sid),
                _ => None,
            };
            let reread_at = sid.map(|_| Delivery::ACCEPTED.first_reading(class, settlement.at));
            let taken = Taken {
                provider_sid: sid.map(MessageSid::to_string),
                segments: i64::from(*segments),
                price_micros: Some(price.micros),
                price_currency: Some(price.currency.code().to_owned()),
                reread_at: reread_at.map(Timestamp::as_micros),
                rereads: 0,
            };
            update(row)
                .set((taken, NoSecret::default()))
                .execute(connection)?;
            if class == Class::Alarm {
                let text = row.select(messages::tag).first::<Vec<u8>>(connection)?;
                let text = column::tag(&text, "messages.tag", settlement.id.get())?;
                voice::text_taken_over(connection, text, settlement.at)?;
            }
            sid.map_or(Ok(()), |sid| {
                callbacks::apply_early(connection, sid, settlement.at)
            })
        }
        SendOutcome::Again { ambiguous, .. } => count_ambiguous(connection, settlement, *ambiguous),
        SendOutcome::Ended { ambiguous, .. } => {
            update(row).set(NoSecret::default()).execute(connection)?;
            count_ambiguous(connection, settlement, *ambiguous)?;
            reach::note(connection, settlement.id.get(), settlement.at)
        }
    }
}

fn settled(settlement: &Settlement<TextPayload>) -> Settled {
    let (state, code, next) = match &settlement.outcome {
        SendOutcome::Accepted(_) => (TextPayload::TAKEN_OVER, None, None),
        SendOutcome::Again { at, code, .. } => (SendState::Queued, *code, Some(at.as_micros())),
        SendOutcome::Ended { state, code, .. } => (SendState::Ended(*state), *code, None),
    };
    Settled {
        state: state.as_str(),
        state_at: settlement.at.as_micros(),
        error_code: code.map(|code| code.to_string()),
        next_attempt_at: next,
        lease_tag: None,
        lease_until: None,
    }
}

fn count_ambiguous(
    connection: &mut Connection,
    settlement: &Settlement<TextPayload>,
    ambiguous: bool,
) -> QueryResult<()> {
    if ambiguous {
        update(messages::table.find(settlement.id.get()))
            .set(messages::ambiguous_attempts.eq(messages::ambiguous_attempts + 1))
            .execute(connection)?;
    }
    Ok(())
}

/// A provider that gives one sid twice must not keep the outbox from settling.
fn is_taken(connection: &mut Connection, sid: &MessageSid) -> QueryResult<bool> {
    let row = messages::table
        .filter(messages::provider_sid.eq(sid.as_str()))
        .filter(messages::class.is_not_null())
        .select(messages::id);
    let found: Option<i64> = row.first(connection).optional()?;
    if let Some(id) = found {
        tracing::error!(
            event = "outbox.sid_given_twice",
            message = id,
            "the provider gave one sid to two texts"
        );
    }
    Ok(found.is_some())
}

/// The class of a row that is pending and may be settled: by its lease, or by the knowledge that it was accepted.
fn settleable(
    connection: &mut Connection,
    id: MessageId,
    lease: Tag,
    accepted: bool,
) -> QueryResult<Option<Class>> {
    let held = messages::state
        .eq(SendState::Sending.as_str())
        .and(messages::lease_tag.eq(lease.as_bytes().as_slice()));
    let row = messages::table
        .find(id.get())
        .filter(messages::class.is_not_null())
        .select(messages::class.assume_not_null());
    let found: Option<String> = if accepted {
        let pending = messages::state.eq_any([SendState::Queued.as_str(), SendState::Sending.as_str()]);
        row.filter(pending).first(connection).optional()?
    } else {
        row.filter(held).first(connection).optional()?
    };
    found.map(|word| row::class(&word, id.get())).transpose()
}
