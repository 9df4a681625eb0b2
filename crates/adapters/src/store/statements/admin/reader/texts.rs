//! Texts, as lists and as a conversation.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
    Selectable, SelectableHelper as _,
    dsl::sql,
    sql_types::{Bool, Text},
};
use thunderbird_domain::{
    admin::{MessageFilter, MessageLine, MessageState, PageOf, UserLine},
    id::{DeadlineId, MessageId},
    outgoing::Class,
    time::Timestamp,
};

use super::super::{Connection, column, dialect, schema::messages};
use super::page::{below, one_more, page};

#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
struct MessageRow {
    id: i64,
    created_at: i64,
    direction: String,
    phone: String,
    body: Option<String>,
    sealed_key: Option<String>,
    class: Option<String>,
    state: String,
    state_at: i64,
    error_code: Option<String>,
    attempts: i64,
    segments: i64,
}

impl TryFrom<MessageRow> for MessageLine {
    type Error = diesel::result::Error;

    fn try_from(row: MessageRow) -> QueryResult<Self> {
        let corrupt = |column| column::corrupt(column, row.id);
        let class = row.class.as_deref().map(Class::parse);
        Ok(Self {
            id: MessageId::from_stored(row.id),
            at: column::instant(row.created_at),
            state: MessageState::parse(&row.state)
                .filter(|state| state.is_inbound() == (row.direction == "in"))
                .ok_or_else(|| corrupt("messages.state"))?,
            class: match class {
                Some(known) => Some(known.ok_or_else(|| corrupt("messages.class"))?),
                None => None,
            },
            phone: row.phone,
            body: row.body,
            sealed: row.sealed_key.is_some(),
            state_at: column::instant(row.state_at),
            error: row.error_code,
            attempts: u32::try_from(row.attempts).map_err(|_| corrupt("messages.attempts"))?,
            segments: u32::try_from(row.segments).map_err(|_| corrupt("messages.segments"))?,
        })
    }
}

pub(super) fn messages(
    connection: &mut Connection,
    filter: &MessageFilter,
    limit: u32,
) -> QueryResult<PageOf<MessageLine>> {
    let first = match filter.since {
        Some(since) => boundary(connection, since)?,
        None => None,
    };
    let last = match filter.until {
        Some(until) => boundary(connection, until)?,
        None => None,
    };
    let mut query = messages::table
        .select(MessageRow::as_select())
        .order(messages::id.desc())
        .limit(one_more(limit))
        .into_boxed();
    if let Some(state) = &filter.state {
        // A number has fewer texts than a state.
        let column = if filter.phone.is_some() {
            dialect::STATE_WITHOUT_INDEX
        } else {
            "state"
        };
        let is_in_state = sql::<Bool>(column).sql(" = ").bind::<Text, _>(state.as_str());
        query = query.filter(is_in_state);
    }
    if let Some(error) = &filter.error {
        query = query.filter(messages::error_code.eq(error.clone()));
    }
    if let Some(phone) = &filter.phone {
        query = query.filter(messages::phone.eq(phone.clone()));
    }
    if filter.since.is_some() {
        query = query.filter(messages::id.ge(first.unwrap_or(i64::MAX)));
    }
    if let Some(last) = last {
        query = query.filter(messages::id.lt(last));
    }
    let is_narrowed = filter.state.is_some()
        || filter.error.is_some()
        || filter.phone.is_some()
        || filter.since.is_some()
        || last.is_some();
    if let Some(before) = below(filter.before, is_narrowed) {
        query = query.filter(messages::id.lt(before));
    }
    let rows: Vec<MessageRow> = query.load(connection)?;
    let lines = rows.into_iter().map(MessageLine::try_from);
    let lines = lines.collect::<QueryResult<Vec<_>>>()?;
    Ok(page(lines, limit, |line| line.id.get()))
}

/// The first row that was stored at or after an instant: ids follow the order of arrival, so a range of time is a
/// range of ids. A row is in one of two indexes, by whether it still has its words.
fn boundary(connection: &mut Connection, instant: Timestamp) -> QueryResult<Option<i64>> {
    let since = messages::table
        .filter(messages::created_at.ge(instant.as_micros()))
        .order((messages::created_at, messages::id))
        .select(messages::id);
    let spoken = since
        .filter(messages::body.is_not_null())
        .first(connection)
        .optional()?;
    let wordless = since
        .filter(messages::body.is_null())
        .first(connection)
        .optional()?;
    Ok(spoken.into_iter().chain(wordless).min())
}

pub(super) fn message(connection: &mut Connection, id: MessageId) -> QueryResult<Option<MessageLine>> {
    let row: Option<MessageRow> = messages::table
        .find(id.get())
        .select(MessageRow::as_select())
        .first(connection)
        .optional()?;
    row.map(MessageLine::try_from).transpose()
}

/// The newest texts about a promise, newest first.
pub(super) fn about(
    connection: &mut Connection,
    deadline: DeadlineId,
    limit: i64,
) -> QueryResult<Vec<MessageLine>> {
    let rows: Vec<MessageRow> = messages::table
        .filter(messages::deadline_id.eq(deadline.get()))
        .select(MessageRow::as_select())
        .order(messages::id.desc())
        .limit(limit)
        .load(connection)?;
    rows.into_iter().map(MessageLine::try_from).collect()
}

/// The last texts of a hiker's time on the number, oldest first: what came before or after is another person's.
pub(super) fn conversation(
    connection: &mut Connection,
    user: &UserLine,
    limit: i64,
) -> QueryResult<Vec<MessageLine>> {
    let mut query = messages::table
        .filter(messages::phone.eq(user.phone.as_str().to_owned()))
        .filter(messages::created_at.ge(user.started_at.as_micros()))
        .select(MessageRow::as_select())
        .order(messages::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(ended_at) = user.ended_at {
        query = query.filter(messages::created_at.le(ended_at.as_micros()));
    }
    let rows: Vec<MessageRow> = query.load(connection)?;
    rows.into_iter().rev().map(MessageLine::try_from).collect()
}
