//! Mails to send.

use diesel::{
    AsChangeset, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _, update,
};
use thunderbird_domain::{
    id::MailId,
    mail::{
        SHORTEST_LIFE,
        outbox::{LeaseOrder, LeasedMail, MailOutbox, Progress, SendOutcome, Settlement},
    },
    outbox::state::{Ended, SendState},
    outgoing::{Outgoing, OutgoingMail},
    port::PortFuture,
    random::Tag,
    time::Timestamp,
};

use super::{
    Connection, Key, Keys, Store, Unkeyed,
    column::{self, instant, optional_instant},
    outgoing,
    schema::mails,
};

const PORT: &str = "mail outbox";
const AT_ONCE: i64 = 500;

impl MailOutbox for Store {
    fn queue(&self, queued: Vec<OutgoingMail>, at: Timestamp) -> PortFuture<'_, ()> {
        let queued: Vec<_> = queued.into_iter().map(Outgoing::Mail).collect();
        self.transact(PORT, Keys::none(Unkeyed::Appends), move |connection| {
            Ok(outgoing::queue(connection, &queued, None, at)?)
        })
    }

    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress>> {
        self.read_here(PORT, move |connection| {
            let row: Option<Row> = mails::table
                .filter(mails::tag.eq(tag.as_bytes().as_slice()))
                .select(Row::as_select())
                .first(connection)
                .optional()?;
            row.map(|row| row.progress()).transpose()
        })
    }

    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Vec<LeasedMail>> {
        Box::pin(async move {
            let waiting = self
                .read_here(PORT, move |connection| due(connection, order, 1))
                .await?;
            if waiting.is_empty() || order.limit == 0 {
                return Ok(Vec::new());
            }
            self.transact(PORT, Keys::on([Key::Mails]), move |connection| {
                let limit = i64::try_from(order.limit).unwrap_or(AT_ONCE).min(AT_ONCE);
                let rows = due(connection, order, limit)?;
                rows.into_iter()
                    .map(|row| Ok(claim(connection, row, order)?))
                    .collect()
            })
            .await
        })
    }

    fn settle(&self, settlements: Vec<Settlement>) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::on([Key::Mails]), move |connection| {
            for settlement in &settlements {
                settle(connection, settlement)?;
            }
            Ok(())
        })
    }

    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMail>> {
        self.read(PORT, move |connection| {
            let rows: Vec<Row> = mails::table
                .filter(mails::state.eq(SendState::Sending.as_str()))
                .filter(mails::lease_until.le(now.as_micros()))
                .order(mails::id)
                .limit(i64::try_from(limit).unwrap_or(AT_ONCE))
                .select(Row::as_select())
                .load(connection)?;
            rows.into_iter().map(Row::leased).collect()
        })
    }

    fn expire(&self, now: Timestamp) -> PortFuture<'_, usize> {
        Box::pin(async move {
            let overdue = self
                .read(PORT, move |connection| overdue(connection, now))
                .await?;
            let spent = self.read(PORT, move |connection| spent(connection, now)).await?;
            if overdue.is_empty() && spent.is_empty() {
                return Ok(0);
            }
            self.transact(PORT, Keys::none(Unkeyed::Sweep), move |connection| {
                let queued = mails::state.eq(SendState::Queued.as_str());
                let ended = update(mails::table.filter(mails::id.eq_any(&overdue)).filter(queued))
                    .set((
                        mails::state.eq(SendState::Ended(Ended::Expired).as_str()),
                        mails::state_at.eq(now.as_micros()),
                        mails::next_attempt_at.eq(None::<i64>),
                    ))
                    .execute(connection)?;
                erase(connection, &overdue)?;
                let erased = erase(connection, &spent)?;
                Ok(ended.saturating_add(erased))
            })
            .await
        })
    }
}

fn due(connection: &mut Connection, order: LeaseOrder, limit: i64) -> QueryResult<Vec<Row>> {
    mails::table
        .filter(mails::state.eq(SendState::Queued.as_str()))
        .filter(mails::next_attempt_at.le(order.now.as_micros()))
        .filter(mails::expires_at.gt(order.now.plus(SHORTEST_LIFE).as_micros()))
        .order(mails::id)
        .limit(limit)
        .select(Row::as_select())
        .load(connection)
}

fn claim(connection: &mut Connection, row: Row, order: LeaseOrder) -> QueryResult<LeasedMail> {
    let claimed = Row {
        state: SendState::Sending.as_str().to_owned(),
        attempts: row.attempts.saturating_add(1),
        lease_tag: Some(order.lease.as_bytes().to_vec()),
        ..row
    };
    update(mails::table.find(claimed.id))
        .set((
            mails::state.eq(&claimed.state),
            mails::state_at.eq(order.now.as_micros()),
            mails::attempts.eq(claimed.attempts),
            mails::next_attempt_at.eq(None::<i64>),
            mails::lease_tag.eq(&claimed.lease_tag),
            mails::lease_until.eq(order.until.as_micros()),
        ))
        .execute(connection)?;
    claimed.leased()
}

fn settle(connection: &mut Connection, settlement: &Settlement) -> QueryResult<()> {
    let found: Option<Row> = mails::table
        .find(settlement.id.get())
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    let Some(row) = found else {
        return Ok(());
    };
    let state = row.state()?;
    let held = state == SendState::Sending && row.lease_tag.as_deref() == Some(settlement.lease.as_bytes());
    let open = matches!(state, SendState::Queued | SendState::Sending);
    if held || (open && settlement.outcome == SendOutcome::Sent) {
        update(mails::table.find(row.id))
            .set(Settled::by(settlement, &row))
            .execute(connection)?;
        if !matches!(settlement.outcome, SendOutcome::Again { .. }) {
            erase(connection, &[row.id])?;
        }
    }
    Ok(())
}

/// Waiting mails whose life is over.
fn overdue(connection: &mut Connection, now: Timestamp) -> QueryResult<Vec<i64>> {
    mails::table
        .filter(mails::state.eq(SendState::Queued.as_str()))
        .filter(mails::expires_at.le(now.plus(SHORTEST_LIFE).as_micros()))
        .select(mails::id)
        .limit(AT_ONCE)
        .load(connection)
}

/// Mails whose words carry a secret that has expired.
fn spent(connection: &mut Connection, now: Timestamp) -> QueryResult<Vec<i64>> {
    mails::table
        .filter(mails::sealed.is_not_null())
        .filter(mails::sealed_until.le(now.as_micros()))
        .select(mails::id)
        .limit(AT_ONCE)
        .load(connection)
}

fn erase(connection: &mut Connection, ids: &[i64]) -> QueryResult<usize> {
    update(mails::table.filter(mails::id.eq_any(ids)))
        .set((
            mails::sealed.eq(None::<Vec<u8>>),
            mails::sealed_key.eq(None::<String>),
            mails::sealed_until.eq(None::<i64>),
        ))
        .execute(connection)
}

#[derive(AsChangeset)]
#[diesel(table_name = mails, treat_none_as_null = true)]
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
    fn by(settlement: &Settlement, row: &Row) -> Self {
        let (state, again_at, ambiguous, code) = match settlement.outcome {
            SendOutcome::Sent => (SendState::Sent, None, false, None),
            SendOutcome::Ended { state, code } => (SendState::Ended(state), None, state == Ended::Dead, code),
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
#[diesel(table_name = mails)]
struct Row {
    id: i64,
    tag: Vec<u8>,
    recipient: String,
    subject: String,
    state: String,
    body: Option<String>,
    sealed: Option<Vec<u8>>,
    sealed_key: Option<String>,
    sealed_until: Option<i64>,
    error: Option<String>,
    attempts: i64,
    ambiguous_attempts: i64,
    next_attempt_at: Option<i64>,
    lease_tag: Option<Vec<u8>>,
    expires_at: i64,
}

impl Row {
    fn state(&self) -> QueryResult<SendState> {
        SendState::parse(&self.state).ok_or_else(|| column::corrupt("mails.state", self.id))
    }

    fn progress(&self) -> QueryResult<Progress> {
        Ok(Progress {
            id: MailId::from_stored(self.id),
            state: self.state()?,
            attempts: count(self.attempts),
            ambiguous: count(self.ambiguous_attempts),
            next_attempt_at: optional_instant(self.next_attempt_at),
            code: self.error.as_deref().and_then(|code| code.parse().ok()),
            has_sealed_words: self.sealed.is_some(),
        })
    }

    fn leased(self) -> QueryResult<LeasedMail> {
        let words = column::words(self.body, self.sealed, self.sealed_key, self.sealed_until);
        let lease = self.lease_tag.unwrap_or_default();
        Ok(LeasedMail {
            id: MailId::from_stored(self.id),
            tag: column::tag(&self.tag, "mails.tag", self.id)?,
            lease: column::tag(&lease, "mails.lease_tag", self.id)?,
            to: column::email(&self.recipient, "mails.recipient", self.id)?,
            subject: self.subject,
            words,
            expires_at: instant(self.expires_at),
            attempts: count(self.attempts),
            ambiguous: count(self.ambiguous_attempts),
        })
    }
}

fn count(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}
