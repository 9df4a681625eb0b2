//! Promises with their stages and alarms. A change is stored whole, and only on the revision it was decided on.

mod due;
mod hiker;
pub(crate) mod plan;
mod read;
pub(crate) mod sums;
mod survey;

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete,
    insert_into, update,
};
use thunderbird_domain::{
    deadline::{
        Alarm, Deadline, DeadlineChange, DeadlineStore, DueDeadlines, SaveDeadline, SetBy, StageRow,
        StoredDeadline, Survey, TripWords, Watched,
    },
    id::{DeadlineId, UserId},
    outgoing::{Outgoing, OutgoingText},
    port::{Commit, PortFuture, Revision},
    time::Timestamp,
};

pub(crate) use due::open;
pub(crate) use read::{alarms_of, newest_of, one};
pub(crate) use survey::alarms;

use super::{
    Abort, Connection, Held, Key, Keys, Store, audit, column, contact_mail, dialect, limit, outgoing,
    schema::{alarm_contacts, alarms, deadline_stages, deadlines, informed_contacts, messages},
    voice,
};

const PORT: &str = "deadline store";

impl DeadlineStore for Store {
    fn due(&self, now: Timestamp, limit: u32) -> PortFuture<'_, DueDeadlines> {
        self.read_here(PORT, move |connection| due::due(connection, now, limit))
    }

    fn by_words(&self, words: TripWords, since: Timestamp) -> PortFuture<'_, Option<Watched>> {
        self.read_here(PORT, move |connection| read::by_words(connection, words, since))
    }

    fn of_user(
        &self,
        user: UserId,
        before: Option<DeadlineId>,
        limit: u32,
    ) -> PortFuture<'_, Vec<StoredDeadline>> {
        self.read(PORT, move |connection| {
            read::of_user(connection, user, before, limit)
        })
    }

    fn next_due(&self) -> PortFuture<'_, Option<Timestamp>> {
        self.read_here(PORT, due::next)
    }

    fn unreached(&self, now: Timestamp) -> PortFuture<'_, Vec<DeadlineId>> {
        self.read(PORT, move |connection| survey::unreached(connection, now))
    }

    fn survey(&self, now: Timestamp) -> PortFuture<'_, Survey> {
        self.read(PORT, move |connection| survey::survey(connection, now))
    }

    fn save(&self, save: SaveDeadline) -> PortFuture<'_, Commit> {
        let counted = limit::keys(&save.counts).chain(outgoing::keys(&save.outgoing));
        let keys = Keys::on(counted.chain([key(&save.change)]));
        self.transact(PORT, keys, move |connection| {
            if !apply(connection, &save.change, None, save.at)? {
                return Err(Abort::Undo(Commit::Stale));
            }
            if !limit::spend(connection, &save.counts, save.at)? {
                return Err(Abort::Undo(Commit::Stale));
            }
            outgoing::queue(connection, &save.outgoing, None, save.at)?;
            audit::append(connection, &save.audit, None)?;
            Ok(Commit::Stored(()))
        })
    }
}

/// A promise belongs to its hiker's number.
pub(crate) fn key(change: &DeadlineChange) -> Key<'_> {
    Key::Phone(change.state.phone.as_str())
}

/// Stores a change with its texts; `false` when another writer was first. `text` is the text that it came by.
pub(crate) fn apply(
    connection: &mut Connection,
    change: &DeadlineChange,
    text: Option<i64>,
    at: Timestamp,
) -> QueryResult<bool> {
    let deadline = &change.state;
    let id = match change.replaces {
        None => begin(connection, deadline, text)?,
        Some((id, Revision::At(revision))) => replace(connection, (id, revision), deadline)?,
        Some((_, Revision::Absent)) => None,
    };
    let Some(id) = id else { return Ok(false) };
    for row in &deadline.stages {
        keep_stage(connection, id, row)?;
    }
    if let Some(alarm) = &deadline.alarm {
        keep_alarm(connection, id, deadline, alarm)?;
    }
    keep_informed(connection, id, deadline)?;
    plan::keep(connection, id, &deadline.plan)?;
    queue(connection, &change.texts, Some(id), (text, at))?;
    voice::queue(connection, &change.calls, Some(id), at)?;
    contact_mail::queue(connection, &change.mails, id, at)?;
    if deadline.closed.is_some() || deadline.is_acted_upon() {
        voice::withdraw(connection, id, at)?;
    }
    if deadline.closed.is_some() {
        dialect::hold(connection, Held::QueuedOf(deadline.user.get()))?;
        withdraw(connection, id, at)?;
        let mut alerted = alerted(connection, id)?;
        alerted.extend(voice::rung(connection, id)?);
        let is_alerted = |text: &&OutgoingText| alerted.iter().any(|phone| phone == text.to.as_str());
        let stand_downs = change.stand_downs.iter().filter(is_alerted);
        let closings = change.closings.iter().filter(|text| !is_alerted(text));
        let due: Vec<OutgoingText> = stand_downs.chain(closings).cloned().collect();
        queue(connection, &due, None, (text, at))?;
        contact_mail::end(connection, id, change.mailed_end.as_ref(), at)?;
    }
    Ok(true)
}

fn begin(connection: &mut Connection, deadline: &Deadline, text: Option<i64>) -> QueryResult<Option<i64>> {
    let delay = match deadline.set_by {
        SetBy::Late(delay) => i64::try_from(delay.as_micros()).ok(),
        SetBy::Text | SetBy::Web => None,
    };
    let row = (
        (
            deadlines::tag.eq(deadline.tag.as_bytes().as_slice()),
            deadlines::user_id.eq(deadline.user.get()),
            deadlines::kind.eq(deadline.kind.as_str()),
            deadlines::phone.eq(deadline.phone.as_str()),
            deadlines::route_id.eq(deadline.route.as_str()),
            deadlines::zone.eq(deadline.zone.iana_name().unwrap_or("UTC")),
            deadlines::due_at.eq(deadline.due_at.as_micros()),
            deadlines::set_at.eq(deadline.set_at.as_micros()),
        ),
        deadlines::set_by.eq(deadline.set_by.as_str()),
        deadlines::delay.eq(delay),
        deadlines::words.eq(deadline.words.map(|words| words.to_string())),
        deadlines::text_id.eq(text),
        deadlines::state.eq(deadline.state().as_str()),
        deadlines::replaces_id.eq(deadline.replaces.map(DeadlineId::get)),
        deadlines::next_due_at.eq(deadline.next_due_at().map(Timestamp::as_micros)),
        deadlines::revision.eq(Revision::Absent.next()),
    );
    let inserted = insert_into(deadlines::table)
        .values(row)
        .returning(deadlines::id)
        .get_result(connection);
    match inserted {
        Err(error) if column::is_unique_violation(&error) => Ok(None),
        other => other.map(Some),
    }
}

fn replace(
    connection: &mut Connection,
    (id, revision): (DeadlineId, i64),
    deadline: &Deadline,
) -> QueryResult<Option<i64>> {
    let closed = deadline.closed.as_ref();
    let read = deadlines::table
        .find(id.get())
        .filter(deadlines::revision.eq(revision));
    let changed = update(read)
        .set((
            deadlines::state.eq(deadline.state().as_str()),
            deadlines::route_id.eq(deadline.route.as_str()),
            deadlines::closed_at.eq(closed.map(|closed| closed.at.as_micros())),
            deadlines::closed_how.eq(closed.map(|closed| closed.how.as_str())),
            deadlines::closed_by.eq(closed
                .and_then(|closed| closed.by.as_ref())
                .map(thunderbird_domain::phone_number::PhoneNumber::as_str)),
            deadlines::next_due_at.eq(deadline.next_due_at().map(Timestamp::as_micros)),
            deadlines::revision.eq(Revision::At(revision).next()),
        ))
        .execute(connection)?;
    Ok((changed == 1).then_some(id.get()))
}

fn keep_stage(connection: &mut Connection, id: i64, row: &StageRow) -> QueryResult<()> {
    let ending = row.ending.as_ref();
    let due_at = row.due_at.map(Timestamp::as_micros);
    let ended_at = ending.map(|ending| ending.at.as_micros());
    let outcome = ending.map(|ending| ending.outcome.as_str());
    let late = ending.and_then(|ending| i64::try_from(ending.late.as_micros()).ok());
    let values = (
        deadline_stages::due_at.eq(due_at),
        deadline_stages::ended_at.eq(ended_at),
        deadline_stages::outcome.eq(outcome),
        deadline_stages::late.eq(late),
    );
    insert_into(deadline_stages::table)
        .values((
            deadline_stages::deadline_id.eq(id),
            deadline_stages::stage.eq(row.stage.to_string()),
            values,
        ))
        .on_conflict((deadline_stages::deadline_id, deadline_stages::stage))
        .do_update()
        .set(values)
        .execute(connection)?;
    Ok(())
}

fn keep_alarm(connection: &mut Connection, id: i64, deadline: &Deadline, alarm: &Alarm) -> QueryResult<()> {
    let acting = alarm.acting.as_ref();
    let values = (
        alarms::asked_at.eq(alarm.asked_at.map(Timestamp::as_micros)),
        alarms::claims.eq(i64::from(alarm.claims)),
        alarms::acting_phone.eq(acting.map(|(phone, _)| phone.as_str())),
        alarms::acting_since.eq(acting.map(|(_, since)| since.as_micros())),
        alarms::lapsed_phone.eq(alarm.lapsed.as_ref().map(|(phone, _)| phone.as_str())),
        alarms::lapsed_since.eq(alarm.lapsed.as_ref().map(|(_, since)| since.as_micros())),
        alarms::closed_at.eq(deadline.closed.as_ref().map(|closed| closed.at.as_micros())),
    );
    let alarm_id: i64 = insert_into(alarms::table)
        .values((
            alarms::deadline_id.eq(id),
            alarms::opened_at.eq(alarm.opened_at.as_micros()),
            values,
        ))
        .on_conflict(alarms::deadline_id)
        .do_update()
        .set(values)
        .returning(alarms::id)
        .get_result(connection)?;
    delete(alarm_contacts::table.filter(alarm_contacts::alarm_id.eq(alarm_id))).execute(connection)?;
    for contact in &alarm.contacts {
        insert_into(alarm_contacts::table)
            .values((
                alarm_contacts::alarm_id.eq(alarm_id),
                alarm_contacts::phone.eq(contact.phone.as_str()),
                alarm_contacts::name.eq(&contact.name),
                alarm_contacts::alerted_at.eq(contact.alerted_at.as_micros()),
                alarm_contacts::acting_at.eq(contact.acting_at.map(Timestamp::as_micros)),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// A contact does not stop knowing a time, so nothing is taken away.
fn keep_informed(connection: &mut Connection, id: i64, deadline: &Deadline) -> QueryResult<()> {
    for (phone, due_at) in &deadline.informed {
        insert_into(informed_contacts::table)
            .values((
                informed_contacts::deadline_id.eq(id),
                informed_contacts::phone.eq(phone.as_str()),
                informed_contacts::due_at.eq(due_at.as_micros()),
            ))
            .on_conflict((informed_contacts::deadline_id, informed_contacts::phone))
            .do_update()
            .set(informed_contacts::due_at.eq(due_at.as_micros()))
            .execute(connection)?;
    }
    Ok(())
}

/// Queues texts; with an id they are sent only while that promise is open.
fn queue(
    connection: &mut Connection,
    texts: &[OutgoingText],
    deadline: Option<i64>,
    (cause, at): (Option<i64>, Timestamp),
) -> QueryResult<()> {
    let queued: Vec<Outgoing> = texts.iter().cloned().map(Outgoing::Text).collect();
    outgoing::queue(connection, &queued, cause, at)?;
    for text in texts.iter().filter(|_| deadline.is_some()) {
        update(messages::table)
            .filter(messages::tag.eq(text.tag.as_bytes().as_slice()))
            .filter(messages::class.is_not_null())
            .set(messages::deadline_id.eq(deadline))
            .execute(connection)?;
    }
    Ok(())
}

/// Withholds what waits. What is being sent at this moment is withheld by the claim that would send it again.
fn withdraw(connection: &mut Connection, id: i64, at: Timestamp) -> QueryResult<()> {
    let queued = messages::table
        .filter(messages::deadline_id.eq(id))
        .filter(messages::state.eq("queued"));
    update(queued)
        .set((
            messages::state.eq("withheld"),
            messages::state_at.eq(at.as_micros()),
            messages::next_attempt_at.eq(None::<i64>),
        ))
        .execute(connection)?;
    Ok(())
}

/// The numbers that may have a text of the alarm: it was not withheld, or an attempt may have arrived.
fn alerted(connection: &mut Connection, id: i64) -> QueryResult<Vec<String>> {
    messages::table
        .filter(messages::deadline_id.eq(id))
        .filter(messages::class.eq("alarm"))
        .filter(
            messages::state
                .ne("withheld")
                .or(messages::ambiguous_attempts.gt(0)),
        )
        .select(messages::phone)
        .load(connection)
}
