//! Mails in the outbox.

use diesel::{
    AsChangeset, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _, dsl::sql, sql_types::Bool, update,
};
use thunderbird_domain::{
    id::MailId,
    mail::outbox::{LeasedMail, MailPayload},
    outbox::{
        lease::{Due, LeaseOrder, Leased},
        message::{Payload as _, Progress},
        port::Outbox,
        retry::SHORTEST_LIFE,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{Outgoing, OutgoingMail},
    port::PortFuture,
    random::Tag,
    time::Timestamp,
};

use super::{
    Connection, Key, Keys, Store, Unkeyed,
    column::{self, instant, optional_instant},
    contact_mail, dialect,
    due::{self, DueRow},
    outbox::row,
    outgoing,
    schema::mails,
};

const PORT: &str = "mail outbox";
const AT_ONCE: i64 = 500;

impl Outbox<MailPayload> for Store {
    fn queue(&self, queued: Vec<OutgoingMail>, at: Timestamp) -> PortFuture<'_, ()> {
        let queued: Vec<_> = queued.into_iter().map(Outgoing::Mail).collect();
        self.transact(PORT, Keys::on(outgoing::keys(&queued)), move |connection| {
            Ok(outgoing::queue(connection, &queued, None, at)?)
        })
    }

    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<MailPayload>>> {
        self.read_here(PORT, move |connection| {
            let row: Option<Row> = mails::table
                .filter(mails::tag.eq(tag.as_bytes().as_slice()))
                .select(Row::as_select())
                .first(connection)
                .optional()?;
            row.map(|row| row.progress()).transpose()
        })
    }

    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<MailPayload>> {
        Box::pin(async move {
            let is_due = self.read_here(PORT, move |connection| is_due(connection, &order));
            if !is_due.await? {
                return Ok(Leased::default());
            }
            self.transact(PORT, Keys::on([Key::Mails]), move |connection| {
                Ok(due::claim::<DueMail>(connection, &order)?)
            })
            .await
        })
    }

    fn settle(&self, mut settlements: Vec<Settlement<MailPayload>>) -> PortFuture<'_, ()> {
        settlements.sort_unstable_by_key(|settlement| settlement.id);
        self.transact(PORT, Keys::on([Key::Mails]), move |connection| {
            for settlement in &settlements {
                settle(connection, settlement)?;
            }
            Ok(())
        })
    }

    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMail>> {
        self.read(PORT, move |connection| {
            let rows: Vec<(Row, bool)> = mails::table
                .filter(mails::state.eq(SendState::Sending.as_str()))
                .filter(mails::lease_until.le(now.as_micros()))
                .order(mails::id)
                .limit(i64::try_from(limit).unwrap_or(AT_ONCE))
                .select((Row::as_select(), sql::<Bool>(contact_mail::IS_TO_CONTACT)))
                .load(connection)?;
            let leased = |(row, is_to_contact): (Row, bool)| row.leased(is_to_contact);
            Ok(rows.into_iter().filter_map(leased).collect())
        })
    }

    fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize> {
        Box::pin(async move {
            let overdue = self
                .read(PORT, move |connection| overdue(connection, now))
                .await?;
            let spent = self.read(PORT, move |connection| spent(connection, now)).await?;
            if overdue.is_empty() && spent.is_empty() {
                return Ok(0);
            }
            self.transact(PORT, Keys::none(Unkeyed::Sweep), move |connection| {
                let overdue = dialect::free(connection, "mails", overdue.clone())?;
                let spent = dialect::free(connection, "mails", spent.clone())?;
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

/// Whether a claim would find anything; a read, so that an idle worker never bothers the writer.
fn is_due(connection: &mut Connection, order: &LeaseOrder) -> QueryResult<bool> {
    let found: Option<i64> = mails::table
        .filter(mails::state.eq(SendState::Queued.as_str()))
        .filter(mails::class.eq(order.class.as_str()))
        .filter(mails::next_attempt_at.le(order.now.as_micros()))
        .filter(sql::<Bool>(&format!("NOT {}", contact_mail::BEHIND)))
        .order(mails::id)
        .select(mails::id)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}

/// A due mail, and whether a condition of sending it is gone.
struct DueMail {
    row: Row,
    is_to_contact: bool,
    unwanted: bool,
}

impl DueRow for DueMail {
    type Payload = MailPayload;

    const DAY_SCOPE: Option<&'static str> = None;

    /// Mails keep no order per recipient, because a mail server that refuses one may take the next; only those about one
    /// alarm do. A mail that another write holds is left for the next claim. The conditions are read after the mails are
    /// held: the write that closes an alarm holds them too.
    fn due(connection: &mut Connection, order: &LeaseOrder, limit: usize) -> QueryResult<Vec<Self>> {
        let found: Vec<i64> = mails::table
            .filter(mails::state.eq(SendState::Queued.as_str()))
            .filter(mails::class.eq(order.class.as_str()))
            .filter(mails::next_attempt_at.le(order.now.as_micros()))
            .filter(sql::<Bool>(&format!("NOT {}", contact_mail::BEHIND)))
            .order(mails::id)
            .limit(i64::try_from(limit).unwrap_or(AT_ONCE))
            .select(mails::id)
            .load(connection)?;
        let held = dialect::free(connection, "mails", found)?;
        let (to_contact, unwanted) = (contact_mail::IS_TO_CONTACT, contact_mail::UNWANTED);
        let rows: Vec<(Row, bool, bool)> = mails::table
            .filter(mails::id.eq_any(held))
            .filter(mails::state.eq(SendState::Queued.as_str()))
            .order(mails::id)
            .select((Row::as_select(), sql::<Bool>(to_contact), sql::<Bool>(unwanted)))
            .load(connection)?;
        let due = |(row, is_to_contact, unwanted)| Self {
            row,
            is_to_contact,
            unwanted,
        };
        Ok(rows.into_iter().map(due).collect())
    }

    fn id(&self) -> i64 {
        self.row.id
    }

    fn facts(&self) -> Due {
        Due {
            expires_at: instant(self.row.expires_at),
            unwanted: self.unwanted,
            attempts: row::count(self.row.attempts),
        }
    }

    fn into_message(self, lease: Tag) -> QueryResult<LeasedMail> {
        self.row.into_message(lease, self.is_to_contact)
    }

    fn hold(connection: &mut Connection, id: i64, order: &LeaseOrder) -> QueryResult<()> {
        update(mails::table.find(id))
            .set((
                mails::state.eq(SendState::Sending.as_str()),
                mails::state_at.eq(order.now.as_micros()),
                mails::attempts.eq(mails::attempts + 1),
                mails::next_attempt_at.eq(None::<i64>),
                mails::lease_tag.eq(order.lease.as_bytes().as_slice()),
                mails::lease_until.eq(order.until.as_micros()),
            ))
            .execute(connection)?;
        Ok(())
    }

    fn end(connection: &mut Connection, id: i64, state: Ended, now: Timestamp) -> QueryResult<bool> {
        update(mails::table.find(id))
            .set((
                mails::state.eq(SendState::Ended(state).as_str()),
                mails::state_at.eq(now.as_micros()),
                mails::next_attempt_at.eq(None::<i64>),
                mails::sealed.eq(None::<Vec<u8>>),
                mails::sealed_key.eq(None::<String>),
                mails::sealed_until.eq(None::<i64>),
            ))
            .execute(connection)?;
        Ok(true)
    }
}

fn settle(connection: &mut Connection, settlement: &Settlement<MailPayload>) -> QueryResult<()> {
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
    if held || (state.is_pending() && settlement.outcome == SendOutcome::Accepted(())) {
        update(mails::table.find(row.id))
            .set(Settled::by(settlement, &row))
            .execute(connection)?;
        if matches!(settlement.outcome, SendOutcome::Again { .. }) {
            contact_mail::withhold_if_over(connection, row.id, settlement.at)?;
        } else {
            erase(connection, &[row.id])?;
        }
    }
    Ok(())
}

/// Waiting mails whose life is over.
fn overdue(connection: &mut Connection, now: Timestamp) -> QueryResult<Vec<i64>> {
    mails::table
        .filter(mails::state.eq(SendState::Queued.as_str()))
        .filter(mails::expires_at.lt(now.plus(SHORTEST_LIFE).as_micros()))
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
    fn by(settlement: &Settlement<MailPayload>, row: &Row) -> Self {
        let (state, again_at, ambiguous, code) = match settlement.outcome {
            SendOutcome::Accepted(()) => (MailPayload::TAKEN_OVER, None, false, None),
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
#[diesel(table_name = mails)]
struct Row {
    id: i64,
    tag: Vec<u8>,
    recipient: String,
    subject: String,
    class: String,
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

    fn progress(&self) -> QueryResult<Progress<MailPayload>> {
        Ok(Progress {
            id: MailId::from_stored(self.id),
            state: self.state()?,
            receipt: (self.state()? == MailPayload::TAKEN_OVER).then_some(()),
            attempts: row::count(self.attempts),
            ambiguous: row::count(self.ambiguous_attempts),
            next_attempt_at: optional_instant(self.next_attempt_at),
            code: self.error.as_deref().and_then(|code| code.parse().ok()),
            has_words: self.body.is_some() || self.sealed.is_some(),
        })
    }

    fn into_message(self, lease: Tag, is_to_contact: bool) -> QueryResult<LeasedMail> {
        Ok(LeasedMail {
            id: MailId::from_stored(self.id),
            tag: column::tag(&self.tag, "mails.tag", self.id)?,
            lease,
            payload: MailPayload {
                to: column::email(&self.recipient, "mails.recipient", self.id)?,
                subject: self.subject,
                is_to_contact,
            },
            class: row::class(&self.class, self.id)?,
            words: column::words(self.body, self.sealed, self.sealed_key, self.sealed_until),
            expires_at: instant(self.expires_at),
            attempts: row::count(self.attempts),
            ambiguous: row::count(self.ambiguous_attempts),
        })
    }

    /// The mail with the lease that holds it. A row that cannot be read stays leased: if it were an error, no other
    /// mail could be taken back.
    fn leased(self, is_to_contact: bool) -> Option<LeasedMail> {
        let id = self.id;
        let lease = column::tag(
            self.lease_tag.as_deref().unwrap_or_default(),
            "mails.lease_tag",
            id,
        );
        lease
            .and_then(|lease| self.into_message(lease, is_to_contact))
            .inspect_err(|error| {
                tracing::error!(event = "outbox.unreadable", message = id, %error, "a leased mail cannot be read");
            })
            .ok()
    }
}
