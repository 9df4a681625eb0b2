//! The hikers that chose a number as a contact, and what the number was sent about each.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
};
use thunderbird_domain::{
    outgoing::Class,
    phone_number::PhoneNumber,
    user::{ContactOf, LastNotice, MAX_HIKERS_OF_CONTACT, UserId},
};

use super::{
    Connection,
    column::instant,
    schema::{contacts, messages, users},
    user,
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
        known.push(ContactOf {
            hiker,
            last_notice: last_notice(connection, phone, id)?,
        });
    }
    Ok(known)
}

/// The newest text about the hiker that has left for the number or leaves it now, as far as is known.
fn last_notice(
    connection: &mut Connection,
    phone: &PhoneNumber,
    hiker: i64,
) -> QueryResult<Option<LastNotice>> {
    let newest: Option<(i64, Option<String>)> = messages::table
        .filter(messages::phone.eq(phone.as_str()))
        .filter(messages::user_id.eq(hiker))
        .filter(messages::direction.eq("out"))
        .filter(
            messages::class
                .eq_any([Class::Alarm.as_str(), Class::Safety.as_str()])
                .or(messages::deadline_id.is_not_null()),
        )
        .filter(messages::state.ne_all(["withheld", "failed", "expired"]))
        .filter(
            messages::state
                .ne("queued")
                .or(messages::attempts.gt(0))
                .or(messages::not_before.assume_not_null().le(messages::created_at)),
        )
        .order(messages::id.desc())
        .select((messages::not_before.assume_not_null(), messages::body))
        .first(connection)
        .optional()?;
    Ok(newest.map(|(at, words)| LastNotice {
        at: instant(at),
        words,
    }))
}
