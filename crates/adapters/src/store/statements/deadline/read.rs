//! Reads promises, with what the watch needs to know of their hikers.

use std::{collections::BTreeMap, time::Duration};

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use thunderbird_domain::{
    deadline::{
        Alarm, AlarmContact, Closed, Deadline, Ending, How, Kind, Outcome, SetBy, Stage, StageRow,
        StoredDeadline, TripWords, Watched,
    },
    id::{DeadlineId, UserId},
    phone_number::PhoneNumber,
    port::Revision,
    route::RouteId,
    sms::inbound::ALARM_REMEMBERED,
    time::Timestamp,
};

use super::{
    super::{
        Connection,
        column::{self, instant},
        schema::{alarm_contacts, alarms, deadline_stages, deadlines, informed_contacts},
    },
    hiker::hiker,
    plan,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = deadlines)]
pub(super) struct Row {
    pub(super) id: i64,
    tag: Vec<u8>,
    user_id: i64,
    kind: String,
    phone: String,
    route_id: String,
    zone: String,
    due_at: i64,
    set_at: i64,
    set_by: String,
    delay: Option<i64>,
    closed_at: Option<i64>,
    closed_how: Option<String>,
    closed_by: Option<String>,
    replaces_id: Option<i64>,
    revision: i64,
    words: Option<String>,
    restored_at: Option<i64>,
}

/// One promise, open or closed, with its hiker.
pub(crate) fn one(connection: &mut Connection, id: DeadlineId) -> QueryResult<Option<Watched>> {
    let row: Option<Row> = deadlines::table
        .find(id.get())
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    row.map(|row| watched(connection, row)).transpose()
}

/// The promise with these words: see [`DeadlineStore::by_words`](thunderbird_domain::deadline::DeadlineStore::by_words).
pub(super) fn by_words(
    connection: &mut Connection,
    words: TripWords,
    since: Timestamp,
) -> QueryResult<Option<Watched>> {
    let recent = deadlines::closed_at
        .is_null()
        .or(deadlines::closed_at.ge(since.as_micros()));
    let mut rows: Vec<Row> = deadlines::table
        .filter(deadlines::words.eq(words.to_string()))
        .filter(recent)
        .order(deadlines::id.desc())
        .limit(SAME_WORDS)
        .select(Row::as_select())
        .load(connection)?;
    let open = rows.iter().filter(|row| row.closed_at.is_none()).count();
    match open {
        0 => {}
        1 => rows.retain(|row| row.closed_at.is_none()),
        _ => return Ok(None),
    }
    let newest = rows.into_iter().next();
    newest.map(|row| watched(connection, row)).transpose()
}

/// Most promises with the same words that are looked at: each LATE makes one more.
const SAME_WORDS: i64 = 100;

/// The newest promise or call for help of a hiker, open or closed.
pub(crate) fn newest_of(
    connection: &mut Connection,
    user: i64,
    kind: Kind,
) -> QueryResult<Option<StoredDeadline>> {
    let row: Option<Row> = deadlines::table
        .filter(deadlines::user_id.eq(user))
        .filter(deadlines::kind.eq(kind.as_str()))
        .order(deadlines::id.desc())
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    row.map(|row| stored(connection, row)).transpose()
}

/// A hiker's newest promises below an id, open and closed, newest first.
pub(super) fn of_user(
    connection: &mut Connection,
    user: UserId,
    before: Option<DeadlineId>,
    limit: u32,
) -> QueryResult<Vec<StoredDeadline>> {
    let rows: Vec<Row> = deadlines::table
        .filter(deadlines::user_id.eq(user.get()))
        .filter(deadlines::kind.eq(Kind::Out.as_str()))
        .filter(deadlines::id.lt(before.map_or(i64::MAX, DeadlineId::get)))
        .order(deadlines::id.desc())
        .limit(limit.into())
        .select(Row::as_select())
        .load(connection)?;
    rows.into_iter().map(|row| stored(connection, row)).collect()
}

/// The promises in whose alarm this number was alerted, open or closed lately; the oldest of the newest 20 first.
pub(crate) fn alarms_of(
    connection: &mut Connection,
    phone: &PhoneNumber,
    at: Timestamp,
) -> QueryResult<Vec<Watched>> {
    let remembered = at.minus(ALARM_REMEMBERED).as_micros();
    let ids: Vec<i64> = alarm_contacts::table
        .inner_join(alarms::table)
        .filter(alarm_contacts::phone.eq(phone.as_str()))
        .filter(alarms::closed_at.is_null().or(alarms::closed_at.ge(remembered)))
        .order((alarm_contacts::alerted_at.desc(), alarms::deadline_id.desc()))
        .limit(20)
        .select(alarms::deadline_id)
        .load(connection)?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids.into_iter().rev() {
        let row = deadlines::table
            .find(id)
            .select(Row::as_select())
            .first(connection)?;
        found.push(watched(connection, row)?);
    }
    Ok(found)
}

pub(super) fn watched(connection: &mut Connection, row: Row) -> QueryResult<Watched> {
    let hiker = hiker(connection, row.user_id, &row.phone)?;
    let beside = beside(connection, &row)?;
    Ok(Watched {
        stored: stored(connection, row)?,
        hiker,
        beside: beside.map(Box::new),
    })
}

/// What else of the hiker is open.
fn beside(connection: &mut Connection, row: &Row) -> QueryResult<Option<StoredDeadline>> {
    let other: Option<Row> = deadlines::table
        .filter(deadlines::user_id.eq(row.user_id))
        .filter(deadlines::kind.ne(&row.kind))
        .filter(deadlines::closed_at.is_null())
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    other.map(|other| stored(connection, other)).transpose()
}

fn stored(connection: &mut Connection, row: Row) -> QueryResult<StoredDeadline> {
    let id = row.id;
    let corrupt = |column| column::corrupt(column, id);
    let closed = match (row.closed_at, &row.closed_how) {
        (None, _) => None,
        (Some(at), how) => Some(Closed {
            at: instant(at),
            how: how
                .as_deref()
                .and_then(How::parse)
                .ok_or_else(|| corrupt("deadlines.closed_how"))?,
            by: row
                .closed_by
                .as_deref()
                .map(|by| column::phone(by, "deadlines.closed_by", id))
                .transpose()?,
        }),
    };
    let delay = row.delay.and_then(|delay| u64::try_from(delay).ok());
    let set_by = match (row.set_by.as_str(), delay) {
        ("text", _) => SetBy::Text,
        ("web", _) => SetBy::Web,
        ("late", Some(delay)) => SetBy::Late(Duration::from_micros(delay)),
        _ => return Err(corrupt("deadlines.set_by")),
    };
    let deadline = Deadline {
        tag: column::tag(&row.tag, "deadlines.tag", id)?,
        user: UserId::from_stored(row.user_id),
        kind: Kind::parse(&row.kind).ok_or_else(|| corrupt("deadlines.kind"))?,
        phone: column::phone(&row.phone, "deadlines.phone", id)?,
        words: row.words.as_deref().and_then(TripWords::parse),
        route: RouteId::from_stored(row.route_id),
        zone: zone(&row.zone).ok_or_else(|| corrupt("deadlines.zone"))?,
        due_at: instant(row.due_at),
        set_at: instant(row.set_at),
        set_by,
        restored_at: column::optional_instant(row.restored_at),
        replaces: row.replaces_id.map(DeadlineId::from_stored),
        closed,
        stages: stages(connection, id)?,
        alarm: alarm(connection, id)?,
        plan: plan::of(connection, id)?,
        informed: informed(connection, id)?,
    };
    Ok(StoredDeadline {
        id: DeadlineId::from_stored(id),
        revision: Revision::At(row.revision),
        deadline,
    })
}

fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// A stage's columns: its word, when it is due, when it ended, how, and how late.
type StageColumns = (String, Option<i64>, Option<i64>, Option<String>, Option<i64>);

fn stages(connection: &mut Connection, id: i64) -> QueryResult<Vec<StageRow>> {
    let rows: Vec<StageColumns> = deadline_stages::table
        .filter(deadline_stages::deadline_id.eq(id))
        .select((
            deadline_stages::stage,
            deadline_stages::due_at,
            deadline_stages::ended_at,
            deadline_stages::outcome,
            deadline_stages::late,
        ))
        .load(connection)?;
    let mut stages = Vec::with_capacity(rows.len());
    for (word, due_at, ended_at, outcome, late) in rows {
        let stage = Stage::parse(&word).ok_or_else(|| column::corrupt("deadline_stages.stage", id))?;
        let outcome = outcome
            .as_deref()
            .map(|word| Outcome::parse(word).ok_or_else(|| column::corrupt("deadline_stages.outcome", id)));
        let ending = match (ended_at, outcome.transpose()?) {
            (Some(at), Some(outcome)) => Some(Ending {
                at: instant(at),
                outcome,
                late: Duration::from_micros(late.and_then(|late| u64::try_from(late).ok()).unwrap_or(0)),
            }),
            _ => None,
        };
        stages.push(StageRow {
            stage,
            due_at: column::optional_instant(due_at),
            ending,
        });
    }
    stages.sort_by_key(|row| row.stage);
    Ok(stages)
}

fn informed(connection: &mut Connection, id: i64) -> QueryResult<BTreeMap<PhoneNumber, Timestamp>> {
    let rows: Vec<(String, i64)> = informed_contacts::table
        .filter(informed_contacts::deadline_id.eq(id))
        .select((informed_contacts::phone, informed_contacts::due_at))
        .load(connection)?;
    let known = |(phone, due_at): (String, i64)| {
        Ok((
            column::phone(&phone, "informed_contacts.phone", id)?,
            instant(due_at),
        ))
    };
    rows.into_iter().map(known).collect()
}

/// A contact of an alarm, and since when they deal or dealt with it.
type Claimer = (Option<String>, Option<i64>);

/// An alarm's columns: id, when it was opened, when help was asked for, claims, who acts, and whose claim ended last.
type AlarmColumns = (i64, i64, Option<i64>, i64, Claimer, Claimer);

fn alarm(connection: &mut Connection, id: i64) -> QueryResult<Option<Alarm>> {
    let found: Option<AlarmColumns> = alarms::table
        .filter(alarms::deadline_id.eq(id))
        .select((
            alarms::id,
            alarms::opened_at,
            alarms::asked_at,
            alarms::claims,
            (alarms::acting_phone, alarms::acting_since),
            (alarms::lapsed_phone, alarms::lapsed_since),
        ))
        .first(connection)
        .optional()?;
    let Some((alarm_id, opened_at, asked_at, claims, acting, lapsed)) = found else {
        return Ok(None);
    };
    let rows: Vec<(String, String, i64, Option<i64>)> = alarm_contacts::table
        .filter(alarm_contacts::alarm_id.eq(alarm_id))
        .order((alarm_contacts::alerted_at, alarm_contacts::phone))
        .select((
            alarm_contacts::phone,
            alarm_contacts::name,
            alarm_contacts::alerted_at,
            alarm_contacts::acting_at,
        ))
        .load(connection)?;
    let contact = |(phone, name, alerted_at, acting_at): (String, String, i64, Option<i64>)| {
        Ok(AlarmContact {
            phone: column::phone(&phone, "alarm_contacts.phone", alarm_id)?,
            name,
            alerted_at: instant(alerted_at),
            acting_at: column::optional_instant(acting_at),
        })
    };
    Ok(Some(Alarm {
        opened_at: instant(opened_at),
        asked_at: column::optional_instant(asked_at),
        contacts: rows.into_iter().map(contact).collect::<QueryResult<_>>()?,
        claims: u8::try_from(claims).unwrap_or(u8::MAX),
        acting: claimer(acting, ("alarms.acting_phone", alarm_id))?,
        lapsed: claimer(lapsed, ("alarms.lapsed_phone", alarm_id))?,
    }))
}

fn claimer(
    (phone, since): Claimer,
    (column, alarm): (&'static str, i64),
) -> QueryResult<Option<(PhoneNumber, Timestamp)>> {
    match phone.zip(since) {
        Some((phone, since)) => Ok(Some((column::phone(&phone, column, alarm)?, instant(since)))),
        None => Ok(None),
    }
}
