//! What the watch needs to know of the hiker of a promise.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
};
use thunderbird_domain::{
    deadline::{Hiker, LastCheckIn, Stopped, Watcher},
    id::ContactId,
    opt_out::StopWord,
    route::RouteId,
    sms::normal::normalize,
    time::Timestamp,
};

use super::super::{
    Connection,
    column::{self, instant},
    contact_email,
    schema::{check_ins, contacts, messages, opt_outs, users},
};

/// The hiker of this row, whose number was `phone` when the promise was made.
pub(super) fn hiker(connection: &mut Connection, user: i64, phone: &str) -> QueryResult<Hiker> {
    let (trail_name, started_at, ended_at): (String, i64, Option<i64>) = users::table
        .find(user)
        .select((users::trail_name, users::started_at, users::ended_at))
        .first(connection)?;
    let last: Option<(String, String, i64)> = check_ins::table
        .filter(check_ins::user_id.eq(user))
        .filter(check_ins::taken_back_at.is_null())
        .order(check_ins::id.desc())
        .select((check_ins::camp_name, check_ins::route_id, check_ins::at))
        .first(connection)
        .optional()?;
    Ok(Hiker {
        trail_name,
        contacts: watchers(connection, user)?,
        last_check_in: last.map(|(camp, route, at)| LastCheckIn {
            camp,
            route: RouteId::from_stored(route),
            at: instant(at),
        }),
        last_heard: last_heard(connection, phone, started_at)?,
        stopped: stopped(connection, phone)?,
        has_ended: ended_at.is_some(),
    })
}

/// When the newest text of the number was texted, of those that came in the hiker's time on it. A text that was fetched
/// can have been texted before one that came earlier, so some are looked at.
fn last_heard(connection: &mut Connection, phone: &str, started_at: i64) -> QueryResult<Option<Timestamp>> {
    let newest: Vec<(i64, Option<i64>)> = messages::table
        .filter(messages::phone.eq(phone))
        .filter(messages::direction.eq("in"))
        .filter(messages::created_at.ge(started_at))
        .order(messages::id.desc())
        .limit(HEARD_LOOKS_AT)
        .select((messages::created_at, messages::texted_at))
        .load(connection)?;
    let texted = newest
        .into_iter()
        .map(|(came_at, texted_at)| texted_at.unwrap_or(came_at));
    Ok(texted.max().map(instant))
}

/// How many of a hiker's newest texts are looked at for the one that was texted last.
const HEARD_LOOKS_AT: i64 = 8;

/// How the number opted out, if it did: the word is that of the text that was stored in the same commit.
fn stopped(connection: &mut Connection, phone: &str) -> QueryResult<Option<Stopped>> {
    let started_at: Option<i64> = opt_outs::table
        .filter(opt_outs::phone.eq(phone))
        .filter(opt_outs::ended_at.is_null())
        .select(opt_outs::started_at)
        .first(connection)
        .optional()?;
    let Some(started_at) = started_at else {
        return Ok(None);
    };
    let texts: Vec<Option<String>> = messages::table
        .filter(messages::phone.eq(phone))
        .filter(messages::direction.eq("in"))
        .filter(messages::created_at.eq(started_at))
        .select(messages::body)
        .load(connection)?;
    Ok(Some(Stopped {
        at: instant(started_at),
        word: texts
            .iter()
            .flatten()
            .find_map(|body| StopWord::parse(&normalize(body))),
    }))
}

fn watchers(connection: &mut Connection, user: i64) -> QueryResult<Vec<Watcher>> {
    let rows: Vec<(i64, String, String, bool, Option<i64>)> = contacts::table
        .left_join(
            opt_outs::table.on(opt_outs::phone
                .eq(contacts::phone)
                .and(opt_outs::ended_at.is_null())),
        )
        .filter(contacts::user_id.eq(user))
        .order(contacts::id)
        .select((
            contacts::id,
            contacts::phone,
            contacts::name,
            contacts::ready_at.is_not_null(),
            opt_outs::id.nullable(),
        ))
        .load(connection)?;
    let mut emails = contact_email::of_hiker(connection, user)?;
    rows.into_iter()
        .map(|(id, phone, name, is_ready, opt_out)| {
            Ok(Watcher {
                id: Some(ContactId::from_stored(id)),
                phone: column::phone(&phone, "contacts.phone", id)?,
                name,
                opted_out: opt_out.is_some(),
                is_ready,
                email: emails
                    .remove(&id)
                    .and_then(|(email, stopped)| (!stopped).then_some(email)),
            })
        })
        .collect()
}
