//! Due texts: which may be claimed, and in which order. Every statement here names its index.

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
    due::DueRow,
    outbox::row,
    schema::messages,
};

const COLUMNS: &str = "m.id, m.tag, m.lease_tag, m.phone, m.class, m.body, m.sealed, m.sealed_key, m.sealed_until, \
     m.expires_at, m.attempts, m.ambiguous_attempts";

/// The conditions of sending that are gone, one a line; they are read in the claiming commit. A text whose cause can be
/// closed (a deadline, an alarm) adds its condition here.
const UNWANTED: &str = "\
     EXISTS (SELECT 1 FROM opt_outs o WHERE o.phone = m.phone AND o.ended_at IS NULL) OR \
     EXISTS (SELECT 1 FROM users u WHERE u.id = m.user_id AND u.ended_at IS NOT NULL)";

/// The earliest pending text of each recipient, if it is due. The words in the text of the statement, and not bound,
/// are what lets SQLite use the partial indexes.
const DUE: &str = "FROM messages m INDEXED BY messages_due \
     WHERE m.state = 'queued' AND m.class = ? AND m.next_attempt_at <= ? AND NOT EXISTS ( \
     SELECT 1 FROM messages e INDEXED BY messages_pending_phone \
     WHERE e.phone = m.phone AND e.class = m.class AND e.id < m.id AND e.state IN ('queued', 'sending'))";

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
    /// The recipient is opted out, or the hiker whose text it is has left the number.
    #[diesel(sql_type = Bool)]
    unwanted: bool,
}

impl DueRow for Row {
    type Payload = TextPayload;

    const DAY_SCOPE: Option<&'static str> = Some("texts_day");

    fn due(connection: &mut Connection, order: &LeaseOrder, limit: usize) -> QueryResult<Vec<Self>> {
        sql_query(format!(
            "SELECT {COLUMNS}, {UNWANTED} AS unwanted {DUE} ORDER BY m.next_attempt_at, m.id LIMIT ?"
        ))
        .bind::<Text, _>(order.class.as_str())
        .bind::<BigInt, _>(order.now.as_micros())
        .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
        .load(connection)
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
        let text = lease.and_then(|lease| row.into_message(lease));
        text.inspect_err(|error| {
            tracing::error!(event = "outbox.unreadable", message = id, %error, "a leased text cannot be read");
        })
        .ok()
    };
    Ok(rows.into_iter().filter_map(readable).collect())
}
