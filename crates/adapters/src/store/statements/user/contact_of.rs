//! The hikers that chose a number as a contact, and what the number was sent about each.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, update,
};
use thunderbird_domain::{
    outgoing::Class,
    phone_number::PhoneNumber,
    sms::inbound::ReceiveText,
    user::{ContactOf, LastNotice, MAX_HIKERS_OF_CONTACT, UserId},
};

use super::{
    Connection,
    column::instant,
    schema::{contacts, deadlines, messages, users},
    user, voice,
};

/// The live hikers that chose the number, in the order in which they did.
pub(crate) fn of_phone(connection: &mut Connection, phone: &PhoneNumber) -> QueryResult<Vec<ContactOf>> {
    let ids: Vec<i64> = contacts::table
        .inner_join(users::table)
        .filter(contacts::phone.eq(phone.as_str()))
        .filter(users::ended_at.is_null())
        .order(contacts::id)
        .limit(MAX_HIKERS_OF_CONTACT.into())
        .select(users::id)
        .load(connection)?;
    let mut known = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(hiker) = user::by_id(connection, UserId::from_stored(id))? else {
            continue;
        };
        let (last_notice, other_notice) = newest_notices(connection, phone, id)?;
        known.push(ContactOf {
            hiker,
            last_notice,
            other_notice,
        });
    }
    Ok(known)
}

/// A text's columns: when it was queued, what it says, the promise that it is about.
type NoticeRow = (i64, Option<String>, Option<i64>);

/// Texts about the hiker that have left for the number or leave it now, as far as is known, the newest first.
macro_rules! notices {
    ($phone:expr, $hiker:expr) => {
        messages::table
            .filter(messages::phone.eq($phone.as_str()))
            .filter(messages::user_id.eq($hiker))
            .filter(messages::direction.eq("out"))
            .filter(messages::state.ne_all(["withheld", "failed", "expired"]))
            .filter(
                messages::state
                    .ne("queued")
                    .or(messages::attempts.gt(0))
                    .or(messages::not_before.assume_not_null().le(messages::created_at)),
            )
            .order(messages::id.desc())
            .select((
                messages::not_before.assume_not_null(),
                messages::body,
                messages::deadline_id,
            ))
    };
}

/// The newest text, and the newest one of the other kind: see [`ContactOf`].
fn newest_notices(
    connection: &mut Connection,
    phone: &PhoneNumber,
    hiker: i64,
) -> QueryResult<(Option<LastNotice>, Option<LastNotice>)> {
    let urgent = [Class::Alarm.as_str(), Class::Safety.as_str()];
    let newest: Option<NoticeRow> = notices!(phone, hiker)
        .filter(
            messages::class
                .eq_any(urgent)
                .or(messages::deadline_id.is_not_null()),
        )
        .first(connection)
        .optional()?;
    let other: Option<NoticeRow> = match newest {
        None => None,
        Some((.., Some(_))) => notices!(phone, hiker)
            .filter(messages::class.eq_any(urgent))
            .filter(messages::deadline_id.is_null())
            .first(connection)
            .optional()?,
        Some((.., None)) => notices!(phone, hiker)
            .filter(
                messages::deadline_id.assume_not_null().eq_any(
                    deadlines::table
                        .filter(deadlines::user_id.eq(hiker))
                        .filter(deadlines::closed_at.is_null())
                        .select(deadlines::id),
                ),
            )
            .first(connection)
            .optional()?,
    };
    Ok((newest.map(read), other.map(read)))
}

fn read((at, words, _): NoticeRow) -> LastNotice {
    LastNotice {
        at: instant(at),
        words,
    }
}

/// Notes that the sender of a text agrees to be alerted, with the text as evidence, for every hiker who has chosen the
/// number. What was noted before stays. The number also wants calls again, if it
/// wanted none.
pub(crate) fn note_ready(connection: &mut Connection, text: &ReceiveText) -> QueryResult<()> {
    let chosen = contacts::table
        .filter(contacts::phone.eq(text.message.from.as_str()))
        .filter(contacts::ready_at.is_null());
    update(chosen)
        .set((
            contacts::ready_at.eq(text.at.as_micros()),
            contacts::ready_sid.eq(text.message.sid.as_str()),
        ))
        .execute(connection)?;
    voice::allow(connection, text.message.from.as_str())
}
