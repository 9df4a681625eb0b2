//! Claiming due texts: which, in which order, and what ends instead. Every statement here names its index.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, QueryableByName,
    RunQueryDsl as _, insert_into, sql_query,
    sql_types::{BigInt, Binary, Bool, Nullable, Text},
    update,
};
use thunderbird_domain::{
    id::MessageId,
    outbox::state::{Ended, SendState},
    outgoing::Class,
    random::Tag,
    sms::{
        outbox::{LeaseOrder, Leased, LeasedText, MAX_LEASE},
        retry::{self, Claim},
    },
    time::Timestamp,
};

use super::{
    Connection,
    column::{instant, phone, tag, words},
    outbox::row,
    schema::{counters, messages},
};

/// A claim ends after so many texts that it ended as expired or withheld; the next claim goes on.
const ENDED_AT_ONCE: u32 = 500;

const MICROS_PER_DAY: i64 = 86_400_000_000;

const COLUMNS: &str = "m.id, m.tag, m.lease_tag, m.phone, m.class, m.body, m.sealed, m.sealed_key, m.sealed_until, \
     m.expires_at, m.attempts, m.ambiguous_attempts";

/// The earliest pending text of each recipient, if it is due. The words in the text of the statement, and not bound,
/// are what lets SQLite use the partial indexes.
const DUE: &str = "FROM messages m INDEXED BY messages_due \
     WHERE m.state = 'queued' AND m.class = ? AND m.next_attempt_at <= ? AND NOT EXISTS ( \
     SELECT 1 FROM messages e INDEXED BY messages_pending_phone \
     WHERE e.phone = m.phone AND e.class = m.class AND e.id < m.id AND e.state IN ('queued', 'sending'))";

#[derive(QueryableByName)]
struct Row {
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
    /// The recipient is opted out, or the hiker whose text it is has left the number.
    #[diesel(sql_type = Bool)]
    unwanted: bool,
}

impl Row {
    fn into_text(self, lease: Tag) -> QueryResult<LeasedText> {
        Ok(LeasedText {
            id: MessageId::from_stored(self.id),
            tag: tag(&self.tag, "messages.tag", self.id)?,
            lease,
            to: phone(&self.phone, "messages.phone", self.id)?,
            class: row::class(&self.class, self.id)?,
            words: words(self.body, self.sealed, self.sealed_key, self.sealed_until),
            expires_at: self.expires_at.map_or(Timestamp::EPOCH, instant),
            attempts: row::count(self.attempts),
            ambiguous: row::count(self.ambiguous_attempts),
        })
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    #[expect(dead_code, reason = "only whether there is a row matters")]
    id: i64,
}

/// Whether a claim would find anything; a read, so that an idle worker never bothers the writer.
pub(super) fn is_due(connection: &mut Connection, class: Class, now: Timestamp) -> QueryResult<bool> {
    let found: Option<Found> = sql_query(
        "SELECT id FROM messages INDEXED BY messages_due WHERE state = 'queued' AND class = ? AND next_attempt_at <= ? \
         LIMIT 1",
    )
    .bind::<Text, _>(class.as_str())
    .bind::<BigInt, _>(now.as_micros())
    .get_result(connection)
    .optional()?;
    Ok(found.is_some())
}

/// Claims due texts. Ending one makes room for the recipient's next, so it looks again until nothing more ends.
pub(super) fn claim(connection: &mut Connection, order: &LeaseOrder) -> QueryResult<Leased> {
    let day = order.now.as_micros().div_euclid(MICROS_PER_DAY);
    let mut quota = DailyQuota {
        order,
        day,
        claimed_today: claimed_on(connection, day)?,
        first_attempts: 0,
    };
    let mut leased = Leased::default();
    loop {
        let room = order.limit.min(MAX_LEASE).saturating_sub(leased.texts.len());
        let ended = leased.withheld + leased.expired;
        if room == 0 || ended >= ENDED_AT_ONCE {
            break;
        }
        let before = ended;
        leased.capped = false;
        for row in due(connection, order, room)? {
            quota.decide(connection, row, &mut leased)?;
        }
        if leased.withheld + leased.expired == before {
            break;
        }
    }
    quota.store(connection)?;
    leased.claimed_today = quota.claimed_today;
    Ok(leased)
}

struct DailyQuota<'a> {
    order: &'a LeaseOrder,
    day: i64,
    claimed_today: u32,
    first_attempts: u32,
}

impl DailyQuota<'_> {
    fn decide(&mut self, connection: &mut Connection, row: Row, leased: &mut Leased) -> QueryResult<()> {
        let expires_at = row.expires_at.map_or(Timestamp::EPOCH, instant);
        let first = row.attempts == 0;
        let room = !first || self.order.daily_room.is_none_or(|room| self.claimed_today < room);
        match retry::claim(expires_at, row.unwanted, room, self.order.now) {
            Claim::Wait => leased.capped = true,
            Claim::Withhold => {
                leased.withheld += 1;
                end(connection, row.id, Ended::Withheld, self.order.now)?;
            }
            Claim::Expire => {
                leased.expired += 1;
                end(connection, row.id, Ended::Expired, self.order.now)?;
            }
            Claim::Send => self.hand_out(connection, row, first, leased)?,
        }
        Ok(())
    }

    /// A row that cannot be read ends as failed, or it would keep every text of its class from being claimed.
    fn hand_out(
        &mut self,
        connection: &mut Connection,
        row: Row,
        first: bool,
        leased: &mut Leased,
    ) -> QueryResult<()> {
        let id = row.id;
        match row.into_text(self.order.lease) {
            Ok(mut text) => {
                hold(connection, id, self.order)?;
                self.claimed_today = self.claimed_today.saturating_add(u32::from(first));
                self.first_attempts += u32::from(first);
                text.attempts = text.attempts.saturating_add(1);
                leased.texts.push(text);
                Ok(())
            }
            Err(error) => {
                tracing::error!(event = "outbox.unreadable", message = id, %error, "a queued text cannot be read");
                end(connection, id, Ended::Failed, self.order.now)
            }
        }
    }

    fn store(&self, connection: &mut Connection) -> QueryResult<()> {
        if self.first_attempts == 0 {
            return Ok(());
        }
        let total = counters::count.eq(i64::from(self.claimed_today));
        insert_into(counters::table)
            .values((
                counters::scope.eq(DAY_SCOPE),
                counters::key.eq(self.day.to_be_bytes().as_slice()),
                total,
                counters::window_started_at.eq(self.day.saturating_mul(MICROS_PER_DAY)),
                counters::updated_at.eq(self.order.now.as_micros()),
                counters::forget_at.eq(self.day.saturating_add(2).saturating_mul(MICROS_PER_DAY)),
            ))
            .on_conflict((counters::scope, counters::key))
            .do_update()
            .set((total, counters::updated_at.eq(self.order.now.as_micros())))
            .execute(connection)?;
        Ok(())
    }
}

/// Under which texts are counted a day.
const DAY_SCOPE: &str = "texts_day";

fn claimed_on(connection: &mut Connection, day: i64) -> QueryResult<u32> {
    let key = day.to_be_bytes();
    let row = counters::table
        .find((DAY_SCOPE, key.as_slice()))
        .select(counters::count);
    Ok(row.first::<i64>(connection).optional()?.map_or(0, row::count))
}

fn due(connection: &mut Connection, order: &LeaseOrder, limit: usize) -> QueryResult<Vec<Row>> {
    sql_query(format!(
        "SELECT {COLUMNS}, EXISTS (SELECT 1 FROM opt_outs o WHERE o.phone = m.phone AND o.ended_at IS NULL) \
         OR EXISTS (SELECT 1 FROM users u WHERE u.id = m.user_id AND u.ended_at IS NOT NULL) AS unwanted {DUE} ORDER BY m.next_attempt_at, m.id LIMIT ?"
    ))
    .bind::<Text, _>(order.class.as_str())
    .bind::<BigInt, _>(order.now.as_micros())
    .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
    .load(connection)
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

fn end(connection: &mut Connection, id: i64, state: Ended, now: Timestamp) -> QueryResult<()> {
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
    Ok(())
}

/// Texts whose lease ended before `now`.
pub(super) fn stranded(
    connection: &mut Connection,
    now: Timestamp,
    limit: usize,
) -> QueryResult<Vec<LeasedText>> {
    let rows: Vec<Row> = sql_query(format!(
        "SELECT {COLUMNS}, 0 AS unwanted FROM messages m INDEXED BY messages_leased \
         WHERE m.state = 'sending' AND m.lease_until <= ? ORDER BY m.id LIMIT ?"
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
        let text = lease.and_then(|lease| row.into_text(lease));
        text.inspect_err(|error| {
            tracing::error!(event = "outbox.unreadable", message = id, %error, "a leased text cannot be read");
        })
        .ok()
    };
    Ok(rows.into_iter().filter_map(readable).collect())
}
