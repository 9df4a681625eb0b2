//! Codes that we text: the rows are also what the caps count.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
    Selectable, SelectableHelper as _, insert_into, sql_types::BigInt, update,
};
use thunderbird_domain::{
    account::AccountId,
    limit::Verdict,
    phone::{Guess, MAX_GUESSES, NEIGHBOURS_PER_HOUR, NewCode, OpenCode, SendCode, SendHistory, SendVerdict},
    time::Timestamp,
};

use super::super::{
    Connection, audit, claim, column, dialect, due, existence, limit, outgoing, schema::phone_codes,
};

/// Stores a code and queues its text, if the caps let it.
pub(super) fn send(connection: &mut Connection, send: &SendCode) -> QueryResult<SendVerdict> {
    let verdict = judge(connection, send)?;
    if let SendVerdict::Sent(sent) = verdict {
        let open = phone_codes::table
            .filter(phone_codes::account_id.eq(send.code.account.get()))
            .filter(phone_codes::ended_at.is_null());
        update(open)
            .set(ended(send.at, "superseded"))
            .execute(connection)?;
        insert(connection, &send.code, (sent.guesses, send.at))?;
        limit::count(connection, &send.counts, send.at)?;
        outgoing::queue(connection, &send.outgoing, None, send.at)?;
        audit::append(connection, &send.audit, None)?;
    }
    Ok(verdict)
}

fn judge(connection: &mut Connection, send: &SendCode) -> QueryResult<SendVerdict> {
    if !existence::is_there(connection, send.code.account)? {
        return Ok(SendVerdict::Gone);
    }
    if let Some(retry_after) = due::day_is_full::<claim::Row>(connection, send.daily_room, send.at)? {
        return Ok(SendVerdict::Full { retry_after });
    }
    if let Verdict::Refused { retry_after } = limit::judge(connection, &send.counts, send.at)? {
        return Ok(SendVerdict::Refused { retry_after });
    }
    Ok(history(connection, send)?.judge(send.limits, send.at))
}

/// The columns of a code that is done with.
type Ended = (
    diesel::dsl::Eq<phone_codes::ended_at, i64>,
    diesel::dsl::Eq<phone_codes::end_reason, &'static str>,
);

pub(super) fn ended(at: Timestamp, reason: &'static str) -> Ended {
    (
        phone_codes::ended_at.eq(at.as_micros()),
        phone_codes::end_reason.eq(reason),
    )
}

fn insert(connection: &mut Connection, code: &NewCode, (guesses, at): (u32, Timestamp)) -> QueryResult<()> {
    insert_into(phone_codes::table)
        .values((
            phone_codes::tag.eq(code.tag.as_bytes().as_slice()),
            phone_codes::account_id.eq(code.account.get()),
            phone_codes::phone.eq(code.phone.as_str()),
            phone_codes::mac.eq(code.mac.bytes.as_slice()),
            phone_codes::mac_key.eq(&code.mac.key_id),
            phone_codes::guesses.eq(i64::from(guesses)),
            phone_codes::created_at.eq(at.as_micros()),
            phone_codes::expires_at.eq(code.expires_at.as_micros()),
        ))
        .execute(connection)?;
    Ok(())
}

type Stamps<'a> = phone_codes::BoxedQuery<'a, dialect::Backend, BigInt>;

fn history(connection: &mut Connection, send: &SendCode) -> QueryResult<SendHistory> {
    let (account, phone) = (send.code.account.get(), send.code.phone.as_str());
    let beginning = send.code.phone.neighbours();
    // The character after '9': every number with this beginning sorts below it.
    let beyond = format!("{beginning}:");
    let (day, hour) = (SendHistory::day_ago(send.at), SendHistory::hour_ago(send.at));
    let daily = || newest(day, send.limits.sends_per_day);
    let nearby = newest(hour, NEIGHBOURS_PER_HOUR).filter(phone_codes::phone.ge(beginning));
    let pair = daily()
        .filter(phone_codes::phone.eq(phone))
        .filter(phone_codes::account_id.eq(account));
    Ok(SendHistory {
        pair: stamps(connection, pair)?,
        number: stamps(connection, daily().filter(phone_codes::phone.eq(phone)))?,
        account: stamps(connection, daily().filter(phone_codes::account_id.eq(account)))?,
        neighbours: stamps(connection, nearby.filter(phone_codes::phone.lt(&beyond)))?,
        service: stamps(connection, newest(hour, send.limits.sends_per_hour))?,
        guesses: guesses(connection, send)?,
    })
}

/// The newest `cap` codes since then.
fn newest<'a>(since: Timestamp, cap: u32) -> Stamps<'a> {
    phone_codes::table
        .filter(phone_codes::created_at.gt(since.as_micros()))
        .order(phone_codes::created_at.desc())
        .limit(i64::from(cap))
        .select(phone_codes::created_at)
        .into_boxed()
}

fn stamps(connection: &mut Connection, query: Stamps<'_>) -> QueryResult<Vec<Timestamp>> {
    let stamps: Vec<i64> = query.load(connection)?;
    Ok(stamps.into_iter().map(column::instant).collect())
}

/// What was spent on the account's newest code for the number.
fn guesses(connection: &mut Connection, send: &SendCode) -> QueryResult<Option<(u32, Timestamp)>> {
    let spent: Option<(i64, i64)> = phone_codes::table
        .filter(phone_codes::account_id.eq(send.code.account.get()))
        .filter(phone_codes::phone.eq(send.code.phone.as_str()))
        .order(phone_codes::id.desc())
        .select((phone_codes::guesses, phone_codes::expires_at))
        .first(connection)
        .optional()?;
    Ok(spent.map(|(guesses, until)| (u32::try_from(guesses).unwrap_or(u32::MAX), column::instant(until))))
}

/// Counts a guess at the account's open code.
pub(super) fn count_guess(
    connection: &mut Connection,
    account: AccountId,
    at: Timestamp,
) -> QueryResult<Guess> {
    let found: Option<Row> = phone_codes::table
        .filter(phone_codes::account_id.eq(account.get()))
        .filter(phone_codes::ended_at.is_null())
        .filter(phone_codes::expires_at.gt(at.as_micros()))
        .order(phone_codes::id.desc())
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    let Some(row) = found else {
        return Ok(Guess::NoCode);
    };
    if row.guesses >= i64::from(MAX_GUESSES) {
        let until = column::instant(row.expires_at);
        return Ok(Guess::Spent { until });
    }
    update(phone_codes::table.find(row.id))
        .set(phone_codes::guesses.eq(phone_codes::guesses + 1))
        .execute(connection)?;
    Ok(Guess::Judged(row.read()?))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = phone_codes)]
struct Row {
    id: i64,
    tag: Vec<u8>,
    phone: String,
    mac: Vec<u8>,
    mac_key: String,
    guesses: i64,
    expires_at: i64,
}

impl Row {
    fn read(self) -> QueryResult<OpenCode> {
        Ok(OpenCode {
            tag: column::tag(&self.tag, "phone_codes.tag", self.id)?,
            phone: column::phone(&self.phone, "phone_codes.phone", self.id)?,
            mac: column::mac(self.mac_key, &self.mac, "phone_codes.mac", self.id)?,
        })
    }
}
