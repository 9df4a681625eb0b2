//! Pages in the outbox.

use diesel::{
    AsChangeset, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _, update,
};
use thunderbird_domain::{
    id::PageId,
    outbox::{
        lease::{Due, LeaseOrder, Leased},
        message::{LeasedMessage, Payload as _, Progress},
        port::Outbox,
        retry::SHORTEST_LIFE,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{Class, Words},
    page::{Page, PageKind},
    pager::PagePayload,
    port::PortFuture,
    random::Tag,
    time::Timestamp,
};

use super::{
    Connection, DueRow, Key, Keys, PORT, Store, Unkeyed, column, dialect, due, instant, optional_instant,
    pages, queue, row,
};

const AT_ONCE: i64 = 500;

impl Outbox<PagePayload> for Store {
    fn queue(&self, queued: Vec<Page>, at: Timestamp) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::UniqueIndex), move |connection| {
            for page in &queued {
                queue::insert(connection, page, at)?;
            }
            Ok(())
        })
    }

    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<PagePayload>>> {
        self.read_here(PORT, move |connection| {
            let row: Option<Row> = pages::table
                .filter(pages::tag.eq(tag.as_bytes().as_slice()))
                .select(Row::as_select())
                .first(connection)
                .optional()?;
            row.map(|row| row.progress()).transpose()
        })
    }

    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<PagePayload>> {
        Box::pin(async move {
            if order.class != Class::Alarm {
                return Ok(Leased::default());
            }
            let is_due = self.read_here(PORT, move |connection| is_due(connection, order.now));
            if !is_due.await? {
                return Ok(Leased::default());
            }
            self.transact(PORT, Keys::on([Key::Pages]), move |connection| {
                Ok(due::claim::<Row>(connection, &order)?)
            })
            .await
        })
    }

    fn settle(&self, mut settlements: Vec<Settlement<PagePayload>>) -> PortFuture<'_, ()> {
        settlements.sort_unstable_by_key(|settlement| settlement.id);
        self.transact(PORT, Keys::on([Key::Pages]), move |connection| {
            for settlement in &settlements {
                settle(connection, settlement)?;
            }
            Ok(())
        })
    }

    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMessage<PagePayload>>> {
        self.read(PORT, move |connection| {
            let rows: Vec<Row> = pages::table
                .filter(pages::state.eq(SendState::Sending.as_str()))
                .filter(pages::lease_until.le(now.as_micros()))
                .order(pages::id)
                .limit(i64::try_from(limit).unwrap_or(AT_ONCE))
                .select(Row::as_select())
                .load(connection)?;
            Ok(rows.into_iter().filter_map(Row::leased).collect())
        })
    }

    fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize> {
        Box::pin(async move {
            let overdue = self
                .read(PORT, move |connection| overdue(connection, now))
                .await?;
            if overdue.is_empty() {
                return Ok(0);
            }
            self.transact(PORT, Keys::none(Unkeyed::Sweep), move |connection| {
                let overdue = dialect::free(connection, "pages", overdue.clone())?;
                let queued = pages::state.eq(SendState::Queued.as_str());
                let ended = update(pages::table.filter(pages::id.eq_any(&overdue)).filter(queued))
                    .set((
                        pages::state.eq(SendState::Ended(Ended::Expired).as_str()),
                        pages::state_at.eq(now.as_micros()),
                        pages::next_attempt_at.eq(None::<i64>),
                    ))
                    .execute(connection)?;
                Ok(ended)
            })
            .await
        })
    }
}

/// Whether a claim would find anything; a read, so that an idle worker never bothers the writer.
fn is_due(connection: &mut Connection, now: Timestamp) -> QueryResult<bool> {
    let found: Option<i64> = pages::table
        .filter(pages::state.eq(SendState::Queued.as_str()))
        .filter(pages::next_attempt_at.le(now.as_micros()))
        .order(pages::id)
        .select(pages::id)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}

impl DueRow for Row {
    type Payload = PagePayload;

    const DAY_SCOPE: Option<&'static str> = None;

    /// Pages keep no order: one that was not taken keeps no other waiting.
    fn due(connection: &mut Connection, order: &LeaseOrder, limit: usize) -> QueryResult<Vec<Self>> {
        pages::table
            .filter(pages::state.eq(SendState::Queued.as_str()))
            .filter(pages::next_attempt_at.le(order.now.as_micros()))
            .order(pages::id)
            .limit(i64::try_from(limit).unwrap_or(AT_ONCE))
            .select(Self::as_select())
            .load(connection)
    }

    fn id(&self) -> i64 {
        self.id
    }

    fn facts(&self) -> Due {
        Due {
            expires_at: instant(self.expires_at),
            unwanted: false,
            attempts: row::count(self.attempts),
        }
    }

    fn into_message(self, lease: Tag) -> QueryResult<LeasedMessage<PagePayload>> {
        Ok(LeasedMessage {
            id: PageId::from_stored(self.id),
            tag: column::tag(&self.tag, "pages.tag", self.id)?,
            lease,
            payload: PagePayload {
                kind: PageKind::parse(&self.kind).ok_or_else(|| column::corrupt("pages.kind", self.id))?,
                title: self.title,
                link: self.link,
            },
            class: Class::Alarm,
            words: Some(Words::Plain(self.body)),
            expires_at: instant(self.expires_at),
            attempts: row::count(self.attempts),
            ambiguous: row::count(self.ambiguous_attempts),
        })
    }

    fn hold(connection: &mut Connection, id: i64, order: &LeaseOrder) -> QueryResult<()> {
        update(pages::table.find(id))
            .set((
                pages::state.eq(SendState::Sending.as_str()),
                pages::state_at.eq(order.now.as_micros()),
                pages::attempts.eq(pages::attempts + 1),
                pages::next_attempt_at.eq(None::<i64>),
                pages::lease_tag.eq(order.lease.as_bytes().as_slice()),
                pages::lease_until.eq(order.until.as_micros()),
            ))
            .execute(connection)?;
        Ok(())
    }

    fn end(connection: &mut Connection, id: i64, state: Ended, now: Timestamp) -> QueryResult<bool> {
        update(pages::table.find(id))
            .set((
                pages::state.eq(SendState::Ended(state).as_str()),
                pages::state_at.eq(now.as_micros()),
                pages::next_attempt_at.eq(None::<i64>),
            ))
            .execute(connection)?;
        Ok(true)
    }
}

fn settle(connection: &mut Connection, settlement: &Settlement<PagePayload>) -> QueryResult<()> {
    let found: Option<Row> = pages::table
        .find(settlement.id.get())
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    let Some(row) = found else {
        return Ok(());
    };
    let state = row.state()?;
    let held = state == SendState::Sending && row.lease_tag.as_deref() == Some(settlement.lease.as_bytes());
    if held || (state.is_pending() && settlement.outcome == SendOutcome::Accepted(())) {
        update(pages::table.find(row.id))
            .set(Settled::by(settlement, &row))
            .execute(connection)?;
    }
    Ok(())
}

/// Waiting pages whose life is over.
fn overdue(connection: &mut Connection, now: Timestamp) -> QueryResult<Vec<i64>> {
    pages::table
        .filter(pages::state.eq(SendState::Queued.as_str()))
        .filter(pages::expires_at.lt(now.plus(SHORTEST_LIFE).as_micros()))
        .select(pages::id)
        .limit(AT_ONCE)
        .load(connection)
}

#[derive(AsChangeset)]
#[diesel(table_name = pages, treat_none_as_null = true)]
struct Settled {
    state: &'static str,
    state_at: i64,
    next_attempt_at: Option<i64>,
    lease_until: Option<i64>,
    lease_tag: Option<Vec<u8>>,
    error: Option<String>,
    ambiguous_attempts: i64,
}

impl Settled {
    fn by(settlement: &Settlement<PagePayload>, row: &Row) -> Self {
        let (state, again_at, ambiguous, code) = match settlement.outcome {
            SendOutcome::Accepted(()) => (PagePayload::TAKEN_OVER, None, false, None),
            SendOutcome::Ended {
                state,
                code,
                ambiguous,
            } => (SendState::Ended(state), None, ambiguous, code),
            SendOutcome::Again { at, ambiguous, code } => (SendState::Queued, Some(at), ambiguous, code),
        };
        Self {
            state: state.as_str(),
            state_at: settlement.at.as_micros(),
            next_attempt_at: again_at.map(Timestamp::as_micros),
            lease_until: None,
            lease_tag: None,
            error: code.map(|code| code.to_string()),
            ambiguous_attempts: row.ambiguous_attempts.saturating_add(i64::from(ambiguous)),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = pages)]
struct Row {
    id: i64,
    tag: Vec<u8>,
    kind: String,
    title: String,
    body: String,
    link: String,
    state: String,
    error: Option<String>,
    attempts: i64,
    ambiguous_attempts: i64,
    next_attempt_at: Option<i64>,
    lease_tag: Option<Vec<u8>>,
    expires_at: i64,
}

impl Row {
    fn state(&self) -> QueryResult<SendState> {
        SendState::parse(&self.state).ok_or_else(|| column::corrupt("pages.state", self.id))
    }

    fn progress(&self) -> QueryResult<Progress<PagePayload>> {
        Ok(Progress {
            id: PageId::from_stored(self.id),
            state: self.state()?,
            receipt: (self.state()? == PagePayload::TAKEN_OVER).then_some(()),
            attempts: row::count(self.attempts),
            ambiguous: row::count(self.ambiguous_attempts),
            next_attempt_at: optional_instant(self.next_attempt_at),
            code: self.error.as_deref().and_then(|code| code.parse().ok()),
            has_words: true,
        })
    }

    /// The page with the lease that holds it. A row that cannot be read stays leased: if it were an error, no other
    /// page could be taken back.
    fn leased(self) -> Option<LeasedMessage<PagePayload>> {
        let id = self.id;
        let lease = column::tag(
            self.lease_tag.as_deref().unwrap_or_default(),
            "pages.lease_tag",
            id,
        );
        lease
            .and_then(|lease| self.into_message(lease))
            .inspect_err(|error| {
                tracing::error!(event = "outbox.unreadable", message = id, %error, "a leased page cannot be read");
            })
            .ok()
    }
}
