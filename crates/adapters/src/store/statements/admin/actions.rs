//! What an operator decides, carried out: each method one commit with its audit.

use std::slice;

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, update,
};
use thunderbird_domain::{
    admin::{AdminActions, Queueing, Removal, RemoveUser, Resent, SentText},
    audit::{AuditEvent, Subject},
    id::MessageId,
    opt_out::OptOutChange,
    outbox::state::SendState,
    outgoing::{Class, Outgoing, OutgoingText},
    phone::PhoneCommit,
    phone_number::PhoneNumber,
    port::{Commit, PortFuture},
    time::Timestamp,
    user::{UserChange, UserId},
};

use super::{
    Abort, Connection, Held, Key, Keys, Store, Unkeyed, audit, column, dialect, opt_out, outgoing, phone,
    schema::{conversations, messages, users},
    user,
};

const PORT: &str = "admin actions";

impl AdminActions for Store {
    fn register_user(&self, change: UserChange, event: AuditEvent) -> PortFuture<'_, Commit<UserId>> {
        let keys = Keys::on([Key::Phone(change.state.phone.as_str())]);
        self.transact(PORT, keys, move |connection| {
            let Some((id, _)) = user::apply(connection, &change)? else {
                return Err(Abort::Undo(Commit::Stale));
            };
            let phone = change.state.phone.as_str();
            diesel::delete(conversations::table.filter(conversations::phone.eq(phone)))
                .execute(connection)?;
            audit::append(connection, slice::from_ref(&event), Some(Subject::User(id)))?;
            Ok(Commit::Stored(id))
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
            let told = outgoing::keys(&remove.outgoing);
            let keys = Keys::on(link.chain(told).chain([Key::Phone(phone.as_str())]));
            self.transact(PORT, keys, move |connection| end_user(connection, &remove))
                .await
        })
    }

    fn resend(&self, message: MessageId, at: Timestamp, event: AuditEvent) -> PortFuture<'_, Resent> {
        self.transact(PORT, Keys::on([Key::Text(message.get())]), move |connection| {
            // A callback that says it arrived holds another key.
            dialect::hold(connection, Held::Text(message.get()))?;
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
                dialect::hold(connection, Held::Tagged(text.tag.as_bytes()))?;
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

    fn change_opt_out(
        &self,
        change: OptOutChange,
        outgoing: Vec<Outgoing>,
        event: AuditEvent,
    ) -> PortFuture<'_, bool> {
        let keys = Keys::on(outgoing::keys(&outgoing).chain([opt_out::key(&change)]));
        self.transact(PORT, keys, move |connection| {
            if !opt_out::apply(connection, &change)? {
                return Ok(false);
            }
            outgoing::queue(connection, &outgoing, None, event.at)?;
            audit::append(connection, slice::from_ref(&event), None)?;
            Ok(true)
        })
    }

    fn record(&self, event: AuditEvent) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::Appends), move |connection| {
            Ok(audit::append(connection, slice::from_ref(&event), None)?)
        })
    }
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
fn sent_text(connection: &mut Connection, message: MessageId) -> QueryResult<Option<SentText>> {
    let found: Option<(String, String, Option<String>, Option<String>)> = messages::table
        .filter(messages::id.eq(message.get()))
        .filter(messages::direction.eq("out"))
        .select((messages::phone, messages::state, messages::body, messages::class))
        .first(connection)
        .optional()?;
    let Some((phone, state, body, class)) = found else {
        return Ok(None);
    };
    let corrupt = |column| column::corrupt(column, message.get());
    let phone = column::phone(&phone, "messages.phone", message.get())?;
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
    message: MessageId,
    at: Timestamp,
    expires_at: Timestamp,
) -> QueryResult<()> {
    update(messages::table.find(message.get()))
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
