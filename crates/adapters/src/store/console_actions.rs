//! What an operator decides, carried out: each method one commit with its audit.

use std::time::Duration;

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    SqliteConnection, insert_into, update,
};
use thunderbird_domain::{
    admin::{ConsoleActions, NewUser, Resent},
    audit::{AuditEvent, Subject},
    opt_out::OptOutChange,
    outgoing::{Outgoing, OutgoingText},
    phone_number::PhoneNumber,
    port::{Commit, PortFuture, Revision},
    time::Timestamp,
    user::UserId,
};

use super::{
    audit, column,
    db::{Abort, Store},
    opt_out, outgoing,
    schema::{conversations, messages, phone_links, users},
};

const PORT: &str = "console actions";

/// States that a text is given up in.
const GIVEN_UP: [&str; 5] = ["dead", "failed", "undelivered", "expired", "unknown"];

impl ConsoleActions for Store {
    fn register_user(&self, user: NewUser, event: AuditEvent) -> PortFuture<'_, Commit<UserId>> {
        self.transact(PORT, move |connection| match insert_user(connection, &user) {
            Err(error) if column::is_unique_violation(&error) => Err(Abort::Undo(Commit::Stale)),
            Err(error) => Err(error.into()),
            Ok(id) => {
                diesel::delete(conversations::table.filter(conversations::phone.eq(user.phone.as_str())))
                    .execute(connection)?;
                audit::append(connection, &[event], Some(Subject::User(id)))?;
                Ok(Commit::Stored(id))
            }
        })
    }

    fn change_route(&self, user: UserId, route: String, event: AuditEvent) -> PortFuture<'_, bool> {
        self.transact(PORT, move |connection| {
            let changed = update(
                users::table
                    .filter(users::id.eq(user.get()))
                    .filter(users::ended_at.is_null()),
            )
            .set((
                users::route_id.eq(route),
                users::position_code.eq(None::<String>),
                users::position_at.eq(None::<i64>),
                users::updated_at.eq(event.at.as_micros()),
                users::revision.eq(users::revision + 1),
            ))
            .execute(connection)?;
            audited(connection, changed, event)
        })
    }

    fn remove_user(&self, user: UserId, event: AuditEvent) -> PortFuture<'_, bool> {
        self.transact(PORT, move |connection| {
            let live = users::table
                .filter(users::id.eq(user.get()))
                .filter(users::ended_at.is_null());
            let changed = update(live)
                .set((
                    users::ended_at.eq(event.at.as_micros()),
                    users::end_reason.eq("removed"),
                    users::account_id.eq(None::<i64>),
                    users::last_account_id.eq(diesel::dsl::sql::<
                        diesel::sql_types::Nullable<diesel::sql_types::BigInt>,
                    >("coalesce(account_id, last_account_id)")),
                    users::updated_at.eq(event.at.as_micros()),
                    users::revision.eq(users::revision + 1),
                ))
                .execute(connection)?;
            if changed == 1 {
                outgoing::withhold_queued(connection, user, event.at)?;
                end_link(connection, user, event.at)?;
            }
            audited(connection, changed, event)
        })
    }

    fn resend(&self, message: i64, at: Timestamp, event: AuditEvent) -> PortFuture<'_, Resent> {
        self.transact(PORT, move |connection| {
            let found: Option<(String, String, Option<String>, Option<String>)> = messages::table
                .filter(messages::id.eq(message))
                .filter(messages::direction.eq("out"))
                .select((messages::phone, messages::state, messages::body, messages::class))
                .first(connection)
                .optional()?;
            let Some((phone, state, body, class)) = found else {
                return Ok(Resent::Unknown);
            };
            if !GIVEN_UP.contains(&state.as_str()) {
                return Ok(Resent::NotGivenUp);
            }
            if body.is_none() {
                return Ok(Resent::WordsGone);
            }
            let phone = column::phone(&phone, "messages.phone", message)?;
            if opt_out::stands(connection, &phone)? {
                return Ok(Resent::OptedOut);
            }
            let life = if class.as_deref() == Some("safety") {
                Duration::from_hours(24)
            } else {
                Duration::from_hours(6)
            };
            requeue(connection, message, at, life)?;
            audit::append(connection, &[event], None)?;
            Ok(Resent::Queued)
        })
    }

    fn send(&self, text: OutgoingText, event: AuditEvent) -> PortFuture<'_, bool> {
        self.transact(PORT, move |connection| {
            let again = messages::table
                .filter(messages::tag.eq(text.tag.as_bytes().as_slice()))
                .filter(messages::class.is_not_null());
            let sent_before: bool = diesel::select(diesel::dsl::exists(again)).get_result(connection)?;
            if sent_before || opt_out::stands(connection, &text.to)? {
                return Ok(false);
            }
            outgoing::queue(connection, &[Outgoing::Text(text)], None, event.at)?;
            audit::append(connection, &[event], None)?;
            Ok(true)
        })
    }

    fn change_opt_out(&self, change: OptOutChange, event: AuditEvent) -> PortFuture<'_, bool> {
        self.transact(PORT, move |connection| {
            let changed = opt_out::apply(connection, &change)?;
            audited(connection, usize::from(changed), event)
        })
    }

    fn record(&self, event: AuditEvent) -> PortFuture<'_, ()> {
        self.transact(PORT, move |connection| {
            Ok(audit::append(connection, &[event], None)?)
        })
    }
}

fn insert_user(connection: &mut SqliteConnection, user: &NewUser) -> QueryResult<UserId> {
    let account: Option<i64> = phone_links::table
        .filter(phone_links::phone.eq(user.phone.as_str()))
        .filter(phone_links::ended_at.is_null())
        .select(phone_links::account_id)
        .first(connection)
        .optional()?;
    let at = user.at.as_micros();
    let id: i64 = insert_into(users::table)
        .values((
            users::tag.eq(user.tag.as_bytes().as_slice()),
            users::phone.eq(user.phone.as_str()),
            users::account_id.eq(account),
            users::last_account_id.eq(account),
            users::trail_name.eq(user.trail_name.as_str()),
            users::route_id.eq(user.route.as_str()),
            users::started_at.eq(at),
            users::created_at.eq(at),
            users::updated_at.eq(at),
            users::revision.eq(Revision::Absent.next()),
        ))
        .returning(users::id)
        .get_result(connection)?;
    Ok(UserId::from_stored(id))
}

fn audited(
    connection: &mut SqliteConnection,
    changed: usize,
    event: AuditEvent,
) -> Result<bool, Abort<bool>> {
    if changed == 0 {
        return Err(Abort::Undo(false));
    }
    audit::append(connection, &[event], None)?;
    Ok(true)
}

/// The link ends with the time on the number it belongs to.
fn end_link(connection: &mut SqliteConnection, user: UserId, at: Timestamp) -> QueryResult<()> {
    let phone: String = users::table
        .find(user.get())
        .select(users::phone)
        .first(connection)?;
    let phone: PhoneNumber = column::phone(&phone, "users.phone", user.get())?;
    let live = phone_links::table
        .filter(phone_links::phone.eq(phone.as_str()))
        .filter(phone_links::ended_at.is_null());
    update(live)
        .set((
            phone_links::ended_at.eq(at.as_micros()),
            phone_links::end_reason.eq("removed"),
        ))
        .execute(connection)?;
    Ok(())
}

fn requeue(
    connection: &mut SqliteConnection,
    message: i64,
    at: Timestamp,
    life: Duration,
) -> QueryResult<()> {
    update(messages::table.find(message))
        .set((
            messages::state.eq("queued"),
            messages::state_at.eq(at.as_micros()),
            messages::provider_sid.eq(None::<String>),
            messages::error_code.eq(None::<String>),
            messages::ambiguous_attempts.eq(0),
            messages::not_before.eq(at.as_micros()),
            messages::next_attempt_at.eq(at.as_micros()),
            messages::lease_until.eq(None::<i64>),
            messages::lease_tag.eq(None::<Vec<u8>>),
            messages::reread_at.eq(None::<i64>),
            messages::rereads.eq(0),
            messages::expires_at.eq(at.plus(life).as_micros()),
        ))
        .execute(connection)?;
    Ok(())
}
