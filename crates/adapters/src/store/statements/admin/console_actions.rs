//! What an operator decides, carried out: each method one commit with its audit.

use std::slice;

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    insert_into, update,
};
use thunderbird_domain::{
    admin::{ConsoleActions, NewUser, Queueing, Removal, RemoveUser, Resent, SentText},
    audit::{AuditEvent, Subject},
    opt_out::OptOutChange,
    outbox::state::SendState,
    outgoing::{Class, Outgoing, OutgoingText},
    phone::PhoneCommit,
    phone_number::PhoneNumber,
    port::{Commit, PortFuture, Revision},
    time::Timestamp,
    user::UserId,
};

use super::{
    Abort, Connection, Key, Keys, Store, Unkeyed, audit, column, opt_out, outgoing, phone,
    schema::{conversations, messages, phone_links, users},
    user,
};

const PORT: &str = "console actions";

impl ConsoleActions for Store {
    fn register_user(&self, user: NewUser, event: AuditEvent) -> PortFuture<'_, Commit<UserId>> {
        let keys = Keys::on([Key::Phone(user.phone.as_str())]);
        self.transact(PORT, keys, move |connection| {
            match insert_user(connection, &user) {
                Err(error) if column::is_unique_violation(&error) => Err(Abort::Undo(Commit::Stale)),
                Err(error) => Err(error.into()),
                Ok(id) => {
                    diesel::delete(conversations::table.filter(conversations::phone.eq(user.phone.as_str())))
                        .execute(connection)?;
                    audit::append(connection, slice::from_ref(&event), Some(Subject::User(id)))?;
                    Ok(Commit::Stored(id))
                }
            }
        })
    }

    fn change_route(&self, user: UserId, route: String, event: AuditEvent) -> PortFuture<'_, bool> {
        self.transact(PORT, Keys::none(Unkeyed::OneStatement), move |connection| {
            let changed = update(
                users::table
                    .filter(users::id.eq(user.get()))
                    .filter(users::ended_at.is_null()),
            )
            .set((
                users::route_id.eq(&route),
                users::position_code.eq(None::<String>),
                users::position_at.eq(None::<i64>),
                users::updated_at.eq(event.at.as_micros()),
                users::revision.eq(users::revision + 1),
            ))
            .execute(connection)?;
            Ok(audited(connection, changed, &event)?)
        })
    }

    fn remove_user(&self, remove: RemoveUser) -> PortFuture<'_, Removal> {
        Box::pin(async move {
            // The number names the key, so it is read before the write, which looks again.
            let id = remove.user;
            let found = self.read_here(PORT, move |connection| live_phone(connection, id));
            let Some(phone) = found.await? else {
                return Ok(Removal::UnknownUser);
            };
            let link = remove.link.iter().flat_map(phone::keys);
            let keys = Keys::on(link.chain([Key::Phone(phone.as_str())]));
            self.transact(PORT, keys, move |connection| end_user(connection, &remove))
                .await
        })
    }

    fn resend(&self, message: i64, at: Timestamp, event: AuditEvent) -> PortFuture<'_, Resent> {
        self.transact(PORT, Keys::on([Key::Text(message)]), move |connection| {
            let Some(text) = sent_text(connection, message)? else {
                return Ok(Resent::Unknown);
            };
            match text.resend(at) {
                Err(refused) => Ok(refused),
                Ok(expires_at) => {
                    requeue(connection, message, at, expires_at)?;
                    audit::append(connection, slice::from_ref(&event), None)?;
                    Ok(Resent::Queued)
                }
            }
        })
    }

    fn send(&self, text: OutgoingText, event: AuditEvent) -> PortFuture<'_, Queueing> {
        let keys = Keys::on([Key::Phone(text.to.as_str())]);
        self.transact(PORT, keys, move |connection| {
            let again = messages::table
                .filter(messages::tag.eq(text.tag.as_bytes().as_slice()))
                .filter(messages::class.is_not_null());
            let sent_before: bool = diesel::select(diesel::dsl::exists(again)).get_result(connection)?;
            if sent_before {
                return Ok(Queueing::QueuedBefore);
            }
            if opt_out::stands(connection, &text.to)? {
                return Ok(Queueing::OptedOut);
            }
            outgoing::queue(connection, &[Outgoing::Text(text.clone())], None, event.at)?;
            audit::append(connection, slice::from_ref(&event), None)?;
            Ok(Queueing::Queued)
        })
    }

    fn change_opt_out(&self, change: OptOutChange, event: AuditEvent) -> PortFuture<'_, bool> {
        let keys = Keys::on([opt_out::key(&change)]);
        self.transact(PORT, keys, move |connection| {
            let changed = opt_out::apply(connection, &change)?;
            Ok(audited(connection, usize::from(changed), &event)?)
        })
    }

    fn record(&self, event: AuditEvent) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::Appends), move |connection| {
            Ok(audit::append(connection, slice::from_ref(&event), None)?)
        })
    }
}

fn insert_user(connection: &mut Connection, user: &NewUser) -> QueryResult<UserId> {
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

fn end_user(connection: &mut Connection, remove: &RemoveUser) -> Result<Removal, Abort<Removal>> {
    let Some(phone) = live_phone(connection, remove.user)? else {
        return Ok(Removal::UnknownUser);
    };
    let ended = match &remove.link {
        Some(change) => phone::apply(connection, change)? == PhoneCommit::Stored,
        None => user::linked_account(connection, &phone)?.is_none(),
    };
    if !ended {
        return Err(Abort::Undo(Removal::Stale));
    }
    end_time_on_number(connection, remove.user, remove.at)?;
    outgoing::withhold_queued(connection, remove.user, remove.at)?;
    outgoing::queue(connection, &remove.outgoing, None, remove.at)?;
    audit::append(connection, &remove.audit, None)?;
    Ok(Removal::Stored)
}

fn audited(connection: &mut Connection, changed: usize, event: &AuditEvent) -> QueryResult<bool> {
    if changed == 0 {
        return Ok(false);
    }
    audit::append(connection, slice::from_ref(event), None)?;
    Ok(true)
}

/// The number of a live hiker.
fn live_phone(connection: &mut Connection, user: UserId) -> QueryResult<Option<PhoneNumber>> {
    let phone: Option<String> = users::table
        .filter(users::id.eq(user.get()))
        .filter(users::ended_at.is_null())
        .select(users::phone)
        .first(connection)
        .optional()?;
    phone
        .map(|phone| column::phone(&phone, "users.phone", user.get()))
        .transpose()
}

/// The hiker keeps the account that they were linked to last: their history is in its export.
fn end_time_on_number(connection: &mut Connection, user: UserId, at: Timestamp) -> QueryResult<()> {
    update(users::table.find(user.get()))
        .set((
            users::ended_at.eq(at.as_micros()),
            users::end_reason.eq("removed"),
            users::account_id.eq(None::<i64>),
            users::updated_at.eq(at.as_micros()),
            users::revision.eq(users::revision + 1),
        ))
        .execute(connection)
        .map(|_| ())
}

/// A text that we sent, as the wish to send it again sees it.
fn sent_text(connection: &mut Connection, message: i64) -> QueryResult<Option<SentText>> {
    let found: Option<(String, String, Option<String>, Option<String>)> = messages::table
        .filter(messages::id.eq(message))
        .filter(messages::direction.eq("out"))
        .select((messages::phone, messages::state, messages::body, messages::class))
        .first(connection)
        .optional()?;
    let Some((phone, state, body, class)) = found else {
        return Ok(None);
    };
    let corrupt = |column| column::corrupt(column, message);
    let phone = column::phone(&phone, "messages.phone", message)?;
    // An answer in the webhook itself has no class; it is never given up.
    let class = class.map_or(Some(Class::Notice), |word| Class::parse(&word));
    Ok(Some(SentText {
        state: SendState::parse(&state).ok_or_else(|| corrupt("messages.state"))?,
        class: class.ok_or_else(|| corrupt("messages.class"))?,
        has_words: body.is_some(),
        opted_out: opt_out::stands(connection, &phone)?,
    }))
}

fn requeue(
    connection: &mut Connection,
    message: i64,
    at: Timestamp,
    expires_at: Timestamp,
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
            messages::expires_at.eq(expires_at.as_micros()),
        ))
        .execute(connection)?;
    Ok(())
}
