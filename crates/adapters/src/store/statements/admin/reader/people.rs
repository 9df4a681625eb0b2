//! Hikers and accounts.

use diesel::{
    BoolExpressionMethods as _, BoxableExpression, ExpressionMethods as _, OptionalExtension as _,
    QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    dsl::sql,
    sql_types::{Bool, Text},
};
use thunderbird_domain::{
    account::AccountId,
    admin::{
        AccountFilter, AccountLine, AccountPage, AccountStatus, CheckInLine, ContactLine, LinkLine, PageOf,
        SessionLine, UserFilter, UserLine, UserPage,
    },
    id::SessionId,
    route::RouteId,
    user::{ContactId, ContactName, Position, StoredCheckIn, TrailName, UserId},
};

use super::super::{
    Connection, check_in, column, contact_email, dialect, opt_out, reach,
    schema::{accounts, contacts, phone_links, sessions, users},
};
use super::{
    page::{after, below, one_more, page},
    texts,
};

/// How much of a hiker's history stands on one page.
const HISTORY: i64 = 30;
const CHECK_INS: u32 = 30;
const CONVERSATION: i64 = 100;

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct UserRow {
    id: i64,
    phone: String,
    trail_name: String,
    route_id: String,
    position_code: Option<String>,
    position_at: Option<i64>,
    account_id: Option<i64>,
    started_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<UserRow> for UserLine {
    type Error = diesel::result::Error;

    fn try_from(row: UserRow) -> QueryResult<Self> {
        let position = row.position_code.zip(column::optional_instant(row.position_at));
        Ok(Self {
            id: UserId::from_stored(row.id),
            phone: column::phone(&row.phone, "users.phone", row.id)?,
            trail_name: TrailName::from_stored(row.trail_name),
            route: RouteId::from_stored(row.route_id),
            position: position.map(|(code, at)| Position { code, at }),
            account: row.account_id.map(AccountId::from_stored),
            started_at: column::instant(row.started_at),
            ended_at: column::optional_instant(row.ended_at),
        })
    }
}

pub(super) fn users(
    connection: &mut Connection,
    filter: &UserFilter,
    limit: u32,
) -> QueryResult<PageOf<UserLine>> {
    let mut query = users::table
        .select(UserRow::as_select())
        .order(users::id.desc())
        .limit(one_more(limit))
        .into_boxed();
    if let Some(phone) = &filter.phone {
        query = query.filter(begins(connection, dialect::PHONE, phone)?);
    }
    if let Some(name) = &filter.name {
        query = query.filter(begins(connection, dialect::TRAIL_NAME, &dialect::folded(name))?);
    }
    if let Some(route) = &filter.route {
        query = query.filter(users::route_id.eq(route.as_str().to_owned()));
    }
    let is_narrowed = filter.phone.is_some() || filter.name.is_some() || filter.route.is_some();
    if let Some(before) = below(filter.before, is_narrowed) {
        query = query.filter(users::id.lt(before));
    }
    let rows: Vec<UserRow> = query.load(connection)?;
    let lines: Vec<UserLine> = rows
        .into_iter()
        .map(UserLine::try_from)
        .collect::<QueryResult<_>>()?;
    Ok(page(lines, limit, |line| line.id.get()))
}

/// More hikers than this with one beginning are found sooner by walking down their ids than by sorting them.
const MANY: i64 = 5_000;

/// Whether a column begins with `prefix`, written with its index or, where that has many such rows, without.
fn begins(
    connection: &mut Connection,
    [indexed, plain]: [&'static str; 2],
    prefix: &str,
) -> QueryResult<Box<dyn BoxableExpression<users::table, dialect::Backend, SqlType = Bool>>> {
    let range = |column: &str| {
        sql::<Bool>(&format!("({column} >= "))
            .bind::<Text, _>(prefix.to_owned())
            .sql(&format!(" AND {column} < "))
            .bind::<Text, _>(after(prefix))
            .sql(")")
    };
    let next: Option<i64> = users::table
        .filter(range(indexed))
        .order(sql::<Bool>(indexed))
        .offset(MANY)
        .limit(1)
        .select(users::id)
        .first(connection)
        .optional()?;
    Ok(Box::new(range(if next.is_some() { plain } else { indexed })))
}

pub(super) fn user(connection: &mut Connection, id: UserId) -> QueryResult<Option<UserPage>> {
    let row: Option<UserRow> = users::table
        .find(id.get())
        .select(UserRow::as_select())
        .first(connection)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let user = UserLine::try_from(row)?;
    Ok(Some(UserPage {
        opted_out: opt_out::stands(connection, &user.phone)?,
        contacts: contacts_of(connection, id)?,
        check_ins: check_ins_of(connection, id)?,
        conversation: texts::conversation(connection, &user, CONVERSATION)?,
        user,
    }))
}

fn contacts_of(connection: &mut Connection, id: UserId) -> QueryResult<Vec<ContactLine>> {
    let rows: Vec<(i64, String, String, Option<String>)> = contacts::table
        .filter(contacts::user_id.eq(id.get()))
        .order(contacts::id)
        .select((contacts::id, contacts::name, contacts::phone, contacts::trouble))
        .load(connection)?;
    let mut emails = contact_email::of_hiker(connection, id.get())?;
    let mut lines = Vec::with_capacity(rows.len());
    for (row, name, phone, trouble) in rows {
        let phone = column::phone(&phone, "contacts.phone", row)?;
        lines.push(ContactLine {
            name: ContactName::from_stored(name),
            opted_out: opt_out::stands(connection, &phone)?,
            trouble: reach::trouble(trouble.as_deref(), row)?,
            id: ContactId::from_stored(row),
            email: emails.remove(&row),
            phone,
        });
    }
    Ok(lines)
}

fn check_ins_of(connection: &mut Connection, id: UserId) -> QueryResult<Vec<CheckInLine>> {
    let newest = check_in::newest(connection, id, None, CHECK_INS)?;
    let line = |stored: StoredCheckIn| CheckInLine {
        at: stored.check_in.at,
        code: stored.check_in.camp_code,
        name: stored.check_in.camp_name,
        source: stored.check_in.source,
        contacts_told: stored.check_in.contacts_told,
        taken_back_at: stored.check_in.taken_back_at,
        notices: stored.notices,
    };
    Ok(newest.into_iter().map(line).collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    id: i64,
    email: String,
    email_verified_at: Option<i64>,
    created_at: i64,
    disabled_at: Option<i64>,
}

impl From<AccountRow> for AccountLine {
    fn from(row: AccountRow) -> Self {
        Self {
            id: AccountId::from_stored(row.id),
            email: row.email,
            verified: row.email_verified_at.is_some(),
            created_at: column::instant(row.created_at),
            status: AccountStatus::of(column::optional_instant(row.disabled_at)),
        }
    }
}

pub(super) fn accounts(
    connection: &mut Connection,
    filter: &AccountFilter,
    limit: u32,
) -> QueryResult<PageOf<AccountLine>> {
    let mut query = accounts::table
        .select(AccountRow::as_select())
        .order(accounts::id.desc())
        .limit(one_more(limit))
        .into_boxed();
    if let Some(email) = &filter.email {
        query = query.filter(
            accounts::email
                .ge(email.clone())
                .and(accounts::email.lt(after(email))),
        );
    }
    if let Some(before) = below(filter.before, filter.email.is_some()) {
        query = query.filter(accounts::id.lt(before));
    }
    let rows: Vec<AccountRow> = query.load(connection)?;
    Ok(page(
        rows.into_iter().map(AccountLine::from).collect(),
        limit,
        |line| line.id.get(),
    ))
}

pub(super) fn account(connection: &mut Connection, id: AccountId) -> QueryResult<Option<AccountPage>> {
    let row: Option<AccountRow> = accounts::table
        .find(id.get())
        .select(AccountRow::as_select())
        .first(connection)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(AccountPage {
        account: row.into(),
        sessions: sessions_of(connection, id)?,
        links: links_of(connection, id)?,
    }))
}

fn sessions_of(connection: &mut Connection, id: AccountId) -> QueryResult<Vec<SessionLine>> {
    let rows: Vec<(i64, Option<String>, i64, i64)> = sessions::table
        .filter(sessions::account_id.eq(id.get()))
        .filter(sessions::ended_at.is_null())
        .order(sessions::id.desc())
        .limit(HISTORY)
        .select((
            sessions::id,
            sessions::user_agent,
            sessions::created_at,
            sessions::last_seen_at,
        ))
        .load(connection)?;
    let line = |(id, user_agent, created_at, last_seen_at)| SessionLine {
        id: SessionId::from_stored(id),
        user_agent,
        created_at: column::instant(created_at),
        last_seen_at: column::instant(last_seen_at),
    };
    Ok(rows.into_iter().map(line).collect())
}

fn links_of(connection: &mut Connection, id: AccountId) -> QueryResult<Vec<LinkLine>> {
    let rows: Vec<(i64, String, i64, Option<i64>)> = phone_links::table
        .filter(phone_links::account_id.eq(id.get()))
        .order(phone_links::id.desc())
        .limit(HISTORY)
        .select((
            phone_links::id,
            phone_links::phone,
            phone_links::started_at,
            phone_links::ended_at,
        ))
        .load(connection)?;
    let line = |(row, phone, started_at, ended_at): (i64, String, i64, Option<i64>)| {
        Ok(LinkLine {
            phone: column::phone(&phone, "phone_links.phone", row)?,
            started_at: column::instant(started_at),
            ended_at: column::optional_instant(ended_at),
        })
    };
    rows.into_iter().map(line).collect()
}
