//! Everything held about an account.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _,
    QueryResult, RunQueryDsl as _,
};
use thunderbird_domain::{
    account::AccountId,
    privacy::{
        Export, ExportedAudit, ExportedCheckIn, ExportedCode, ExportedContact, ExportedHiker, ExportedLink,
        ExportedMail, ExportedMessage, ExportedPosition, ExportedPromise,
    },
    time::Timestamp,
};

use super::super::{
    Connection, account,
    column::{instant, optional_instant},
    deadline, device,
    schema::{
        accounts, alarm_contacts, alarms, audit_log, check_ins, contact_emails, contacts, deadlines, mails,
        messages, phone_codes, phone_links, users,
    },
    session,
};

/// Everything, or `None` if there is no account with this id.
pub(super) fn export(connection: &mut Connection, id: AccountId) -> QueryResult<Option<Export>> {
    let Some(account) = account::find(connection, id)? else {
        return Ok(None);
    };
    Ok(Some(Export {
        account,
        sessions: session::row::all_of_account(connection, id)?,
        devices: device::of_account(connection, id)?,
        links: links(connection, id)?,
        claimed_phone: claimed_phone(connection, id)?,
        codes: codes(connection, id)?,
        mails: mails(connection, id)?,
        hikers: hikers(connection, id)?,
        audit: audit(connection, id)?,
    }))
}

fn links(connection: &mut Connection, id: AccountId) -> QueryResult<Vec<ExportedLink>> {
    let rows: Vec<(String, i64, Option<i64>)> = phone_links::table
        .filter(phone_links::account_id.eq(id.get()))
        .order(phone_links::id.desc())
        .select((phone_links::phone, phone_links::started_at, phone_links::ended_at))
        .load(connection)?;
    let read = |(phone, started_at, ended_at)| ExportedLink {
        phone,
        started_at: instant(started_at),
        ended_at: optional_instant(ended_at),
    };
    Ok(rows.into_iter().map(read).collect())
}

fn claimed_phone(connection: &mut Connection, id: AccountId) -> QueryResult<Option<String>> {
    accounts::table
        .find(id.get())
        .select(accounts::claimed_phone)
        .first(connection)
}

fn codes(connection: &mut Connection, id: AccountId) -> QueryResult<Vec<ExportedCode>> {
    let rows: Vec<(String, i64)> = phone_codes::table
        .filter(phone_codes::account_id.eq(id.get()))
        .order(phone_codes::id.desc())
        .select((phone_codes::phone, phone_codes::created_at))
        .load(connection)?;
    let read = |(phone, at)| ExportedCode {
        phone,
        at: instant(at),
    };
    Ok(rows.into_iter().map(read).collect())
}

fn mails(connection: &mut Connection, id: AccountId) -> QueryResult<Vec<ExportedMail>> {
    let rows: Vec<(i64, String, String, Option<String>, String)> = mails::table
        .filter(mails::account_id.eq(id.get()))
        .order(mails::id.desc())
        .select((
            mails::created_at,
            mails::recipient,
            mails::subject,
            mails::body,
            mails::state,
        ))
        .load(connection)?;
    let read = |(at, to, subject, text, state)| ExportedMail {
        at: instant(at),
        to,
        subject,
        text,
        state,
    };
    Ok(rows.into_iter().map(read).collect())
}

fn audit(connection: &mut Connection, id: AccountId) -> QueryResult<Vec<ExportedAudit>> {
    let name = format!("account:{}", id.get());
    let rows: Vec<(i64, String)> = audit_log::table
        .filter(audit_log::subject.eq(name.clone()).or(audit_log::actor.eq(name)))
        .order(audit_log::id)
        .select((audit_log::at, audit_log::action))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(at, action)| ExportedAudit {
            at: instant(at),
            action,
        })
        .collect())
}

type HikerRow = (
    i64,
    String,
    Option<i64>,
    String,
    String,
    Option<String>,
    Option<i64>,
    i64,
    bool,
);

fn hikers(connection: &mut Connection, id: AccountId) -> QueryResult<Vec<ExportedHiker>> {
    let linked = users::account_id.eq(id.get());
    let was_linked = users::account_id
        .is_null()
        .and(users::last_account_id.eq(id.get()));
    let ended = users::ended_at
        .is_not_null()
        .and(users::last_account_id.eq(id.get()));
    let rows: Vec<HikerRow> = users::table
        .filter(linked.or(was_linked).or(ended))
        .order(users::id)
        .select((
            users::id,
            users::phone,
            users::account_id,
            users::trail_name,
            users::route_id,
            users::position_code,
            users::position_at,
            users::started_at,
            users::shows_number,
        ))
        .load(connection)?;
    rows.into_iter().map(|row| hiker(connection, id, row)).collect()
}

fn hiker(connection: &mut Connection, id: AccountId, row: HikerRow) -> QueryResult<ExportedHiker> {
    let (user, phone, account, trail_name, route_id, position_code, position_at, started_at, shows_number) =
        row;
    let until = if account == Some(id.get()) {
        i64::MAX
    } else {
        last_link_ended(connection, id, &phone)?
    };
    let position = position_code.zip(position_at).filter(|(_, at)| *at < until);
    Ok(ExportedHiker {
        phone,
        trail_name,
        route_id,
        position: position.map(|(camp, at)| ExportedPosition {
            camp,
            at: Timestamp::from_micros(at),
        }),
        started_at: instant(started_at),
        shows_number,
        contacts: contacts(connection, user, until)?,
        check_ins: check_ins(connection, user, until)?,
        promises: promises(connection, user, until)?,
        messages: messages(connection, user, until)?,
    })
}

/// When the account's newest link to the number ended; what happened later may be somebody else's.
fn last_link_ended(connection: &mut Connection, id: AccountId, phone: &str) -> QueryResult<i64> {
    let ends: Vec<Option<i64>> = phone_links::table
        .filter(
            phone_links::account_id
                .eq(id.get())
                .and(phone_links::phone.eq(phone)),
        )
        .select(phone_links::ended_at)
        .load(connection)?;
    Ok(ends.into_iter().flatten().max().unwrap_or(0))
}

/// Columns of a contact: number, name, when it was added, why the last text did not arrive, whether it is ready, address.
type ContactColumns = (String, String, i64, Option<String>, bool, Option<String>);

fn contacts(connection: &mut Connection, user: i64, until: i64) -> QueryResult<Vec<ExportedContact>> {
    let rows: Vec<ContactColumns> = contacts::table
        .left_join(contact_emails::table)
        .filter(contacts::user_id.eq(user).and(contacts::created_at.lt(until)))
        .order(contacts::id)
        .select((
            contacts::phone,
            contacts::name,
            contacts::created_at,
            contacts::trouble,
            contacts::ready_at.is_not_null(),
            contact_emails::email.nullable(),
        ))
        .load(connection)?;
    let read = |(phone, name, at, trouble, is_ready, email)| ExportedContact {
        phone,
        name,
        created_at: instant(at),
        trouble,
        is_ready,
        email,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Columns of a check-in: route, camp and its name, source, when, contacts, when it was taken back.
type CheckInRow = (String, String, String, String, i64, i64, Option<i64>);

fn check_ins(connection: &mut Connection, user: i64, until: i64) -> QueryResult<Vec<ExportedCheckIn>> {
    let rows: Vec<CheckInRow> = check_ins::table
        .filter(check_ins::user_id.eq(user).and(check_ins::at.lt(until)))
        .order(check_ins::id)
        .select((
            check_ins::route_id,
            check_ins::camp_code,
            check_ins::camp_name,
            check_ins::source,
            check_ins::contacts_told,
            check_ins::at,
            check_ins::taken_back_at,
        ))
        .load(connection)?;
    let read = |(route_id, camp, camp_name, source, told, at, taken_back_at)| ExportedCheckIn {
        route_id,
        camp,
        camp_name,
        source,
        contacts_told: u32::try_from(told).unwrap_or(0),
        at: instant(at),
        taken_back_at: optional_instant(taken_back_at),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// A promise's columns: id, kind, route, time, when it was set, its state, when and how it was closed.
type PromiseRow = (i64, String, String, i64, i64, String, Option<i64>, Option<String>);

fn promises(connection: &mut Connection, user: i64, until: i64) -> QueryResult<Vec<ExportedPromise>> {
    let rows: Vec<PromiseRow> = deadlines::table
        .filter(deadlines::user_id.eq(user).and(deadlines::set_at.lt(until)))
        .order(deadlines::id)
        .select((
            deadlines::id,
            deadlines::kind,
            deadlines::route_id,
            deadlines::due_at,
            deadlines::set_at,
            deadlines::state,
            deadlines::closed_at,
            deadlines::closed_how,
        ))
        .load(connection)?;
    let mut promises = Vec::with_capacity(rows.len());
    for (id, kind, route_id, due_at, set_at, state, closed_at, closed_how) in rows {
        let alerted: i64 = alarm_contacts::table
            .inner_join(alarms::table)
            .filter(alarms::deadline_id.eq(id))
            .count()
            .get_result(connection)?;
        promises.push(ExportedPromise {
            kind,
            route_id,
            due_at: instant(due_at),
            set_at: instant(set_at),
            state,
            closed_at: closed_at.map(instant),
            closed_how,
            contacts_alerted: u32::try_from(alerted).unwrap_or(u32::MAX),
            plan: deadline::plan::of(connection, id)?,
        });
    }
    Ok(promises)
}

fn messages(connection: &mut Connection, user: i64, until: i64) -> QueryResult<Vec<ExportedMessage>> {
    let rows: Vec<(String, Option<String>, String, i64)> = messages::table
        .filter(messages::user_id.eq(user).and(messages::created_at.lt(until)))
        .order(messages::id)
        .select((
            messages::direction,
            messages::body,
            messages::state,
            messages::created_at,
        ))
        .load(connection)?;
    let read = |(direction, text, state, at)| ExportedMessage {
        direction,
        text,
        state,
        at: instant(at),
    };
    Ok(rows.into_iter().map(read).collect())
}
