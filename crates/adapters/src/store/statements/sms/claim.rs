//! Due texts: which may be claimed, and in which order. The engine says how its database finds them ([`dialect`]).

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, QueryableByName,
    RunQueryDsl as _, sql_query,
    sql_types::{BigInt, Binary, Bool, Nullable, Text},
    update,
};
use thunderbird_domain::{
    id::MessageId,
    outbox::{
        lease::{Due, LeaseOrder},
        retry::LONGEST_ALARM_WAIT,
        state::{Ended, SendState},
    },
    outgoing::Class,
    random::Tag,
    sms::outbox::{LeasedText, TextPayload},
    time::Timestamp,
};

use super::{
    Connection,
    column::{instant, phone, tag, words},
    dialect,
    due::DueRow,
    outbox::row,
    reach,
    schema::messages,
};

const COLUMNS: &str = "m.id, m.tag, m.lease_tag, m.phone, m.class, m.body, m.sealed, m.sealed_key, m.sealed_until, \
     m.expires_at, m.attempts, m.ambiguous_attempts";

/// The conditions of sending that are gone, one a line; they are read in the claiming commit. A text whose cause can be
/// closed (a deadline, an alarm) adds its condition here. The end of an alarm is said even when the hiker has left.
const UNWANTED: &str = "\
     EXISTS (SELECT 1 FROM opt_outs o WHERE o.phone = m.phone AND o.ended_at IS NULL) OR \
     (m.class <> 'alarm' OR m.deadline_id IS NOT NULL) AND \
     EXISTS (SELECT 1 FROM users u WHERE u.id = m.user_id AND u.ended_at IS NOT NULL) OR \
     EXISTS (SELECT 1 FROM deadlines d WHERE d.id = m.deadline_id AND d.closed_at IS NOT NULL)";

#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Binary)]
    tag: Vec<u8>,
    #[diesel(sql_type = Nullable<Binary>)]
    lease_tag: Option<Vec<u8>>,
    #[diesel(sql_type = Text)]
    phone: String,
    #[diesel(sql_type = Text)]
    class: String,
    #[diesel(sql_type = Nullable<Text>)]
    body: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Text>)]
    sealed_key: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    sealed_until: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    expires_at: Option<i64>,
    #[diesel(sql_type = BigInt)]
    attempts: i64,
    #[diesel(sql_type = BigInt)]
    ambiguous_attempts: i64,
    /// The recipient is opted out, the hiker whose text it is has left the number, or the promise is closed.
    #[diesel(sql_type = Bool)]
    unwanted: bool,
}

impl DueRow for Row {
    type Payload = TextPayload;

    const DAY_SCOPE: Option<&'static str> = Some("texts_day");

    fn due(connection: &mut Connection, order: &LeaseOrder, limit: usize) -> QueryResult<Vec<Self>> {
        let mut rows: Vec<Self> = sql_query(format!(
            "SELECT {COLUMNS}, {UNWANTED} AS unwanted {}",
            dialect::DUE
        ))
        .bind::<Text, _>(order.class.as_str())
        .bind::<BigInt, _>(order.now.as_micros())
        .bind::<BigInt, _>(order.now.as_micros())
        .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
        .load(connection)?;
        let ids = rows.iter().map(|row| row.id).collect();
        let gone = dialect::unwanted_by_now(connection, UNWANTED, ids)?;
        for row in &mut rows {
            row.unwanted |= gone.contains(&row.id);
        }
        Ok(rows)
    }

    fn id(&self) -> i64 {
        self.id
    }

    fn facts(&self) -> Due {
        Due {
            expires_at: self.expires_at.map_or(Timestamp::EPOCH, instant),
            unwanted: self.unwanted,
            attempts: row::count(self.attempts),
        }
    }

    fn into_message(self, lease: Tag) -> QueryResult<LeasedText> {
        Ok(LeasedText {
            id: MessageId::from_stored(self.id),
            tag: tag(&self.tag, "messages.tag", self.id)?,
            lease,
            payload: TextPayload {
                to: phone(&self.phone, "messages.phone", self.id)?,
            },
            class: row::class(&self.class, self.id)?,
            words: words(self.body, self.sealed, self.sealed_key, self.sealed_until),
            expires_at: self.expires_at.map_or(Timestamp::EPOCH, instant),
            attempts: row::count(self.attempts),
            ambiguous: row::count(self.ambiguous_attempts),
        })
    }

    fn hold(connection: &mut Connection, id: i64, order: &LeaseOrder) -> QueryResult<()> {
        update(messages::table.find(id))
            .set((
                messages::state.eq(SendState::Sending.as_str()),
                messages::state_at.eq(order.now.as_micros()),
                messages::attempts.eq(messages::attempts + 1),
                messages::lease_tag.eq(order.lease.as_bytes().as_slice()),
                messages::lease_until.eq(order.until.as_micros()),
            ))
            .execute(connection)?;
        Ok(())
    }

    /// A hiker hears of it, and another task that changes that hiker may wait for this text.
    fn end(connection: &mut Connection, id: i64, state: Ended, now: Timestamp) -> QueryResult<bool> {
        if !dialect::holds_hiker_of(connection, id)? {
            return Ok(false);
        }
        update(messages::table.find(id))
            .set((
                messages::state.eq(SendState::Ended(state).as_str()),
                messages::state_at.eq(now.as_micros()),
                messages::next_attempt_at.eq(None::<i64>),
                messages::sealed.eq(None::<Vec<u8>>),
                messages::sealed_key.eq(None::<String>),
                messages::sealed_until.eq(None::<i64>),
            ))
            .execute(connection)?;
        reach::note(connection, id, now)?;
        Ok(true)
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Whether a claim would find anything; a read, so that an idle worker never bothers the writer.
pub(super) fn is_due(connection: &mut Connection, class: Class, now: Timestamp) -> QueryResult<bool> {
    let found: Option<Found> = sql_query(dialect::ANY_DUE)
        .bind::<Text, _>(class.as_str())
        .bind::<BigInt, _>(now.as_micros())
        .get_result(connection)
        .optional()?;
    Ok(found.is_some())
}

/// Makes alarms due that wait for a moment that no pause explains. Returns how many.
pub(super) fn bring_forward(connection: &mut Connection, now: Timestamp) -> QueryResult<usize> {
    let far: Vec<Found> = sql_query(dialect::FAR_ALARMS)
        .bind::<BigInt, _>(now.plus(LONGEST_ALARM_WAIT).as_micros())
        .load(connection)?;
    let far = far.into_iter().map(|found| found.id).collect();
    let far = dialect::free(connection, "messages", far)?;
    if far.is_empty() {
        return Ok(0);
    }
    // One may have been withheld since.
    let waiting = messages::table.filter(messages::id.eq_any(far));
    update(waiting.filter(messages::state.eq("queued")))
        .set(messages::next_attempt_at.eq(now.as_micros()))
        .execute(connection)
}

/// Texts whose lease ended before `now`.
pub(super) fn stranded(
    connection: &mut Connection,
    now: Timestamp,
    limit: usize,
) -> QueryResult<Vec<LeasedText>> {
    let rows: Vec<Row> = sql_query(format!(
        "SELECT {COLUMNS}, (1 = 0) AS unwanted {}",
        dialect::STRANDED
    ))
    .bind::<BigInt, _>(now.as_micros())
    .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
    .load(connection)?;
    let readable = |row: Row| {
        let id = row.id;
        let lease = tag(
            row.lease_tag.as_deref().unwrap_or_default(),
            "messages.lease_tag",
            id,
        );
        let text = lease.and_then(|lease| row.into_message(lease));
        text.inspect_err(|error| {
            tracing::error!(event = "outbox.unreadable", message = id, %error, "a leased text cannot be read");
        })
        .ok()
    };
    Ok(rows.into_iter().filter_map(readable).collect())
}
