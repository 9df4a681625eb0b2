//! The history of hikers: check-ins, and what became of their texts.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
    insert_into, update,
};
use thunderbird_domain::{
    outbox::state::SendState,
    outgoing::Outgoing,
    random::Tag,
    route::RouteId,
    time::Timestamp,
    user::{CheckIn, CheckInId, CheckInSource, Correction, Fit, Position, StoredCheckIn, TakeBack, UserId},
};

use super::{
    Connection,
    column::{self, instant, optional_instant},
    outbox::row,
    outgoing, reach,
    schema::{check_ins, messages},
};

/// A hiker's newest check-ins with an id below `before`, newest first, at most `limit`.
pub(crate) fn newest(
    connection: &mut Connection,
    user: UserId,
    before: Option<CheckInId>,
    limit: u32,
) -> QueryResult<Vec<StoredCheckIn>> {
    let below = before.map_or(i64::MAX, CheckInId::get);
    let rows: Vec<CheckInRow> = check_ins::table
        .filter(check_ins::user_id.eq(user.get()))
        .filter(check_ins::id.lt(below))
        .order(check_ins::id.desc())
        .limit(limit.into())
        .select((
            check_ins::id,
            check_ins::tag,
            check_ins::route_id,
            check_ins::camp_code,
            check_ins::camp_name,
            check_ins::source,
            check_ins::at,
            check_ins::contacts_told,
            check_ins::before_code,
            check_ins::before_at,
            check_ins::taken_back_at,
        ))
        .load(connection)?;
    let check_ins = rows.into_iter().map(CheckInRow::read);
    with_notices(connection, check_ins.collect::<QueryResult<_>>()?)
}

/// Adds a line to a hiker's history.
pub(crate) fn add(connection: &mut Connection, user: i64, check_in: &CheckIn) -> QueryResult<CheckInId> {
    let row = (
        check_ins::tag.eq(check_in.tag.as_bytes().as_slice()),
        check_ins::user_id.eq(user),
        check_ins::route_id.eq(check_in.route.as_str()),
        check_ins::camp_code.eq(&check_in.camp_code),
        check_ins::camp_name.eq(&check_in.camp_name),
        check_ins::source.eq(check_in.source.as_str()),
        check_ins::at.eq(check_in.at.as_micros()),
        check_ins::announced.eq(true),
        check_ins::contacts_told.eq(i64::from(check_in.contacts_told)),
        check_ins::before_code.eq(check_in.before.as_ref().map(|before| before.code.as_str())),
        check_ins::before_at.eq(check_in.before.as_ref().map(|before| before.at.as_micros())),
    );
    let id = insert_into(check_ins::table)
        .values(row)
        .returning(check_ins::id)
        .get_result(connection)?;
    Ok(CheckInId::from_stored(id))
}

#[derive(Queryable)]
struct CheckInRow {
    id: i64,
    tag: Vec<u8>,
    route_id: String,
    camp_code: String,
    camp_name: String,
    source: String,
    at: i64,
    contacts_told: i64,
    before_code: Option<String>,
    before_at: Option<i64>,
    taken_back_at: Option<i64>,
}

impl CheckInRow {
    fn read(self) -> QueryResult<StoredCheckIn> {
        let corrupt = |column| column::corrupt(column, self.id);
        let source = CheckInSource::parse(&self.source).ok_or_else(|| corrupt("check_ins.source"))?;
        let contacts_told =
            u32::try_from(self.contacts_told).map_err(|_| corrupt("check_ins.contacts_told"))?;
        let before = self.before_code.zip(optional_instant(self.before_at));
        let tag: Tag = column::tag(&self.tag, "check_ins.tag", self.id)?;
        Ok(StoredCheckIn {
            id: CheckInId::from_stored(self.id),
            check_in: CheckIn {
                tag,
                route: RouteId::from_stored(self.route_id),
                camp_code: self.camp_code,
                camp_name: self.camp_name,
                source,
                at: instant(self.at),
                contacts_told,
                before: before.map(|(code, at)| Position { code, at }),
                taken_back_at: optional_instant(self.taken_back_at),
            },
            notices: Vec::new(),
        })
    }
}

/// The same check-ins with what became of their texts.
fn with_notices(
    connection: &mut Connection,
    mut check_ins: Vec<StoredCheckIn>,
) -> QueryResult<Vec<StoredCheckIn>> {
    let tags: Vec<Tag> = check_ins
        .iter()
        .flat_map(|stored| stored.check_in.notice_tags())
        .collect();
    let mut notices = reach::notices(connection, &tags)?;
    for stored in &mut check_ins {
        let own = stored
            .check_in
            .notice_tags()
            .filter_map(|tag| notices.remove(&tag));
        stored.notices = own.collect();
    }
    Ok(check_ins)
}

/// Takes check-ins back and corrects their texts; false if one of them has been taken back before.
pub(crate) fn take_back(
    connection: &mut Connection,
    user: i64,
    wanted: &TakeBack,
    at: Timestamp,
) -> QueryResult<bool> {
    let ids: Vec<i64> = wanted.check_ins.iter().map(|id| id.get()).collect();
    let standing = check_ins::table
        .filter(check_ins::id.eq_any(&ids))
        .filter(check_ins::user_id.eq(user))
        .filter(check_ins::taken_back_at.is_null());
    let taken = update(standing)
        .set(check_ins::taken_back_at.eq(at.as_micros()))
        .execute(connection)?;
    outgoing::correct_later(
        connection,
        UserId::from_stored(user),
        wanted.instead.as_deref(),
        at,
    )?;
    for correction in &wanted.corrections {
        correct(connection, correction, at)?;
    }
    Ok(taken == ids.len())
}

/// What became of the wrong text decides what happens: it is withdrawn, left alone, or corrected.
fn correct(connection: &mut Connection, correction: &Correction, at: Timestamp) -> QueryResult<()> {
    let wrong: Option<(i64, String, i64)> = messages::table
        .filter(messages::tag.eq(correction.notice.as_bytes().as_slice()))
        .filter(messages::class.is_not_null())
        .select((messages::id, messages::state, messages::ambiguous_attempts))
        .first(connection)
        .optional()?;
    let fit = match &wrong {
        Some((id, state, ambiguous)) => Correction::fits(row::state(state, *id)?, row::count(*ambiguous)),
        None => Fit::Correct,
    };
    match (fit, wrong) {
        (Fit::Nothing, _) => return Ok(()),
        (Fit::Withdraw, Some((id, ..))) if withdraw(connection, id, at)? => return Ok(()),
        _ => {}
    }
    outgoing::queue(connection, &[Outgoing::Text(correction.text.clone())], None, at)
}

/// Ends a text that still waits; false if a worker was faster.
fn withdraw(connection: &mut Connection, id: i64, at: Timestamp) -> QueryResult<bool> {
    let waiting = messages::table
        .find(id)
        .filter(messages::state.eq(SendState::Queued.as_str()));
    let withdrawn = update(waiting)
        .set((
            messages::state.eq("withheld"),
            messages::state_at.eq(at.as_micros()),
            messages::next_attempt_at.eq(None::<i64>),
        ))
        .execute(connection)?;
    Ok(withdrawn > 0)
}
