//! Events that an operator is to hear of.

use std::{collections::BTreeMap, time::Duration};

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    QueryResult, RunQueryDsl as _, delete,
    dsl::{not, sql},
    sql_types::Bool,
};
use thunderbird_domain::{
    id::MessageId,
    outbox::state::SendState,
    outgoing::Outgoing,
    page::OutgoingPage,
    pager::{FailedText, PageFigure, PageLog, Troubles},
    port::PortFuture,
    time::Timestamp,
};

use super::{
    Connection, Keys, PORT, Store, Unkeyed, column, deadline, mails, messages, outgoing, page_events, pages,
    row,
};

/// How far back a text is looked for that did not arrive, and pages are counted.
const DAY: Duration = Duration::from_hours(24);

/// Texts that did not arrive which one round tells of.
const FAILED_AT_ONCE: i64 = 200;

/// Whether a text about safety did not arrive. The words are those of the index, so that it serves.
const FAILED: &str =
    "state IN ('undelivered', 'failed', 'expired', 'dead', 'unknown') AND class IN ('alarm', 'safety')";

/// Whether a text is to somebody else than the hiker, whose phone is often out of reach, and was not told yet.
const UNTOLD: &str = "NOT EXISTS (SELECT 1 FROM deadlines d WHERE d.id = messages.deadline_id AND d.phone = messages.phone) \
    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = messages.user_id AND u.phone = messages.phone) \
    AND NOT EXISTS (SELECT 1 FROM page_events e WHERE e.event = 'text_failed ' || CAST(messages.id AS TEXT))";

impl PageLog for Store {
    fn troubles(&self, now: Timestamp) -> PortFuture<'_, Troubles> {
        self.read(PORT, move |connection| {
            let survey = deadline::alarms(connection, now)?;
            Ok(Troubles {
                unclaimed: survey.unclaimed,
                unreached: survey.unreached,
                failed: failed(connection, now)?,
            })
        })
    }

    fn note(&self, noted: Vec<OutgoingPage>, at: Timestamp) -> PortFuture<'_, ()> {
        let noted: Vec<_> = noted.into_iter().map(Outgoing::Page).collect();
        self.transact(PORT, Keys::on(outgoing::keys(&noted)), move |connection| {
            Ok(outgoing::queue(connection, &noted, None, at)?)
        })
    }

    fn forget(&self, events: Vec<String>) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::UniqueIndex), move |connection| {
            delete(page_events::table.filter(page_events::event.eq_any(&events))).execute(connection)?;
            Ok(())
        })
    }

    fn figures(&self, now: Timestamp) -> PortFuture<'_, Vec<PageFigure>> {
        let (since, now) = (now.minus(DAY).as_micros(), now.as_micros());
        let queued = SendState::Queued.as_str();
        self.read(PORT, move |connection| {
            let rung: Vec<String> = pages::table
                .filter(pages::created_at.ge(since))
                .filter(not(pages::state
                    .eq(queued)
                    .and(pages::attempts.eq(0))
                    .and(pages::next_attempt_at.is_not_null())
                    .and(pages::next_attempt_at.assume_not_null().gt(now))))
                .select(pages::state)
                .load(connection)?;
            let mailed: Vec<String> = mails::table
                .filter(mails::created_at.ge(since))
                .filter(sql::<Bool>("is_page"))
                .filter(not(mails::state
                    .eq(queued)
                    .and(mails::attempts.eq(0))
                    .and(mails::next_attempt_at.is_not_null())
                    .and(mails::next_attempt_at.assume_not_null().gt(now))))
                .select(mails::state)
                .load(connection)?;
            let mut figures = counted(false, rung)?;
            figures.extend(counted(true, mailed)?);
            Ok(figures)
        })
    }
}

/// How many there are of each state.
fn counted(by_mail: bool, states: Vec<String>) -> QueryResult<Vec<PageFigure>> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for state in states {
        let count = counts.entry(state).or_default();
        *count = count.saturating_add(1);
    }
    let figure = |(state, count): (String, u64)| {
        Ok(PageFigure {
            by_mail,
            state: row::state(&state, 0)?,
            count,
        })
    };
    counts.into_iter().map(figure).collect()
}

fn failed(connection: &mut Connection, now: Timestamp) -> QueryResult<Vec<FailedText>> {
    let rows: Vec<(i64, String, String, Option<String>)> = messages::table
        .filter(sql::<Bool>(FAILED))
        .filter(messages::state_at.ge(now.minus(DAY).as_micros()))
        .filter(sql::<Bool>(UNTOLD))
        .order(messages::id)
        .limit(FAILED_AT_ONCE)
        .select((
            messages::id,
            messages::phone,
            messages::state,
            messages::error_code,
        ))
        .load(connection)?;
    // A number that cannot be read is no reason to be silent about the text, or about everything else that goes with it.
    let failed = |(id, phone, state, code): (i64, String, String, Option<String>)| {
        let to = column::phone(&phone, "messages.phone", id).inspect_err(|error| {
            tracing::error!(event = "pager.unreadable", message = id, %error, "the number of a text that did not arrive cannot be read");
        });
        Ok(FailedText {
            id: MessageId::from_stored(id),
            to: to.ok(),
            state: row::state(&state, id)?,
            code: code.and_then(|code| code.parse().ok()),
        })
    };
    rows.into_iter().map(failed).collect()
}
