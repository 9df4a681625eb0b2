//! Texts in, with everything they cause: one job of the writer.

use std::collections::HashSet;

use diesel::{ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _, insert_into};
use thunderbird_domain::{
    audit::Subject,
    forecast::ForecastOrder,
    id::MessageId,
    opt_out::OptOutChange,
    outgoing::{Outgoing, Words},
    phone::PhoneCommit,
    phone_number::PhoneNumber,
    port::PortFuture,
    sms::{
        body::segments,
        decision::Effects,
        inbound::{
            Inbox, MessageSid, ReceiveText, Received, Reply, ReplyPart, ReplyState, Sender, SenderState,
            TextDigest,
        },
    },
    time::Timestamp,
    user::{UserChange, UserId},
};

use super::{
    Abort, Connection, Held, Key, Keys, Store, audit, contact_of, conversation, deadline, dialect, forecast,
    limit, opt_out, outgoing, phone,
    schema::{inbound_sids, messages},
    sender_state, user,
    word_columns::WordColumns,
};

const PORT: &str = "inbox";

/// Sids looked up by one statement.
const SIDS_AT_ONCE: usize = 100;

impl Inbox for Store {
    fn sender_state(
        &self,
        phone: &PhoneNumber,
        digest: TextDigest,
        at: Timestamp,
    ) -> PortFuture<'_, SenderState> {
        let phone = phone.clone();
        self.read_here(PORT, move |connection| {
            sender_state::situation(connection, &phone, digest, at)
        })
    }

    fn commit(&self, text: ReceiveText) -> PortFuture<'_, Received> {
        let sender = [
            Key::Phone(text.message.from.as_str()),
            Key::Sid(text.message.sid.as_str()),
        ];
        let link = text.effects.link.iter().flat_map(phone::keys);
        let promises = text.effects.deadlines.iter().map(deadline::key);
        let counts = limit::keys(&text.effects.counts);
        let hikers = text.effects.hikers.iter();
        let hikers = hikers.map(|change| Key::Phone(change.state.phone.as_str()));
        let told = outgoing::keys(&text.effects.outgoing);
        let others = promises.chain(hikers).chain(told);
        let keys = Keys::on(link.chain(counts).chain(others).chain(sender));
        self.transact(PORT, keys, move |connection| receive(connection, &text))
    }

    fn own_texts(&self, phone: &PhoneNumber, since: Timestamp, limit: u32) -> PortFuture<'_, Vec<String>> {
        let phone = phone.clone();
        self.read_here(PORT, move |connection| {
            sender_state::own_texts(connection, &phone, since, limit)
        })
    }

    fn unseen(&self, sids: Vec<MessageSid>) -> PortFuture<'_, HashSet<MessageSid>> {
        self.read(PORT, move |connection| {
            let mut unseen: HashSet<MessageSid> = sids.into_iter().collect();
            let asked: Vec<MessageSid> = unseen.iter().cloned().collect();
            for some in asked.chunks(SIDS_AT_ONCE) {
                let known: Vec<String> = inbound_sids::table
                    .filter(inbound_sids::sid.eq_any(some.iter().map(MessageSid::as_str)))
                    .select(inbound_sids::sid)
                    .load(connection)?;
                unseen.retain(|sid| !known.iter().any(|known| known == sid.as_str()));
            }
            Ok(unseen)
        })
    }
}

/// Stores a text with everything it caused. What is outdated is found before anything is written.
fn receive(connection: &mut Connection, text: &ReceiveText) -> Result<Received, Abort<Received>> {
    let (tombstone, newest) = seen_and_newest(connection, text)?;
    if tombstone.is_some() {
        return Ok(seen_before(connection, text)?);
    }
    if newest != text.after.map(MessageId::get) && matches!(text.message.from, Sender::Number(_)) {
        return Ok(Received::Stale);
    }
    let Effects {
        user,
        hikers,
        is_ready,
        conversation,
        opt_out,
        link,
        deadlines,
        outgoing,
        forecast,
        counts,
        audit,
    } = &text.effects;
    let mut hiker = text.sender;
    let mut registered = None;
    if let Some(change) = user {
        let Some((id, _)) = user::apply(connection, change)? else {
            return Err(Abort::Undo(Received::Stale));
        };
        registered = hiker.is_none().then_some(id);
        hiker = Some(id);
    }
    if !changes_relations(connection, text, (hikers, *is_ready))? {
        return Err(Abort::Undo(Received::Stale));
    }
    if let Some(change) = conversation
        && !conversation::apply(connection, change)?
    {
        return Err(Abort::Undo(Received::Stale));
    }
    if let Some(change) = link
        && phone::apply(connection, change)? != PhoneCommit::Stored
    {
        return Err(Abort::Undo(Received::Stale));
    }
    if !limit::spend(connection, counts, text.at)? {
        return Err(Abort::Undo(Received::Stale));
    }
    let id = keep(connection, text, hiker)?;
    for change in deadlines {
        if !deadline::apply(connection, change, Some(id), text.at)? {
            return Err(Abort::Undo(Received::Stale));
        }
    }
    changes_wishes(connection, (opt_out.as_ref(), forecast.as_ref()), text.at)?;
    outgoing::queue(connection, &owned(text, outgoing, registered), Some(id), text.at)?;
    let subject = registered.map_or(Subject::Message(MessageId::from_stored(id)), Subject::User);
    audit::append(connection, audit, Some(subject))?;
    Ok(Received::Stored(given(text)))
}

/// Stores whether the sender wants texts, and which forecast is wanted.
fn changes_wishes(
    connection: &mut Connection,
    (opt_out, forecast): (Option<&OptOutChange>, Option<&ForecastOrder>),
    at: Timestamp,
) -> QueryResult<()> {
    if let Some(change) = opt_out {
        opt_out::apply(connection, change)?;
    }
    forecast.map_or(Ok(()), |wanted| forecast::apply(connection, wanted, at))
}

/// The answer, as far as it is given.
fn given(text: &ReceiveText) -> Reply {
    let parts = match text.reply_state {
        ReplyState::Replied => text.reply.clone(),
        ReplyState::Withheld => Vec::new(),
    };
    Reply { parts }
}

/// Stores what the sender says of being the contact of hikers; `false` when one of them has changed since.
fn changes_relations(
    connection: &mut Connection,
    text: &ReceiveText,
    (hikers, is_ready): (&[UserChange], bool),
) -> QueryResult<bool> {
    for change in hikers {
        if user::apply(connection, change)?.is_none() {
            return Ok(false);
        }
    }
    if is_ready {
        contact_of::note_ready(connection, text)?;
    }
    Ok(true)
}

/// Whether the sid was stored before, and the sender's newest text.
fn seen_and_newest(
    connection: &mut Connection,
    text: &ReceiveText,
) -> QueryResult<(Option<i64>, Option<i64>)> {
    diesel::select((
        inbound_sids::table
            .filter(inbound_sids::sid.eq(text.message.sid.as_str()))
            .select(inbound_sids::received_at)
            .single_value(),
        messages::table
            .filter(messages::phone.eq(text.message.from.as_str()))
            .filter(messages::direction.eq("in"))
            .order(messages::id.desc())
            .select(messages::id)
            .single_value(),
    ))
    .get_result(connection)
}

/// What a sid that was stored before is answered.
fn seen_before(connection: &mut Connection, text: &ReceiveText) -> QueryResult<Received> {
    dialect::hold(connection, Held::InboundSid(text.message.sid.as_str()))?;
    let (digest, message): (Vec<u8>, Option<i64>) = inbound_sids::table
        .filter(inbound_sids::sid.eq(text.message.sid.as_str()))
        .select((inbound_sids::digest, inbound_sids::message_id))
        .first(connection)?;
    if digest != TextDigest::of(&text.message).as_bytes() {
        return Ok(Received::SidReused);
    }
    let parts = message
        .map(|message| sender_state::parts_of(connection, message))
        .transpose()?
        .unwrap_or_default();
    Ok(Received::Duplicate(Reply { parts }))
}

/// Writes the text, its tombstone and its reply.
fn keep(connection: &mut Connection, text: &ReceiveText, hiker: Option<UserId>) -> QueryResult<i64> {
    let at = text.at.as_micros();
    let hiker = hiker.map(UserId::get);
    let words = WordColumns::from(&text.body);
    let row = (
        messages::tag.eq(text.tag.as_bytes().as_slice()),
        messages::direction.eq("in"),
        messages::phone.eq(text.message.from.as_str()),
        messages::our_number.eq(text.message.to.as_str()),
        messages::user_id.eq(hiker),
        messages::state.eq(text.outcome.as_str()),
        messages::command.eq(text.command),
        (
            messages::body.eq(words.body),
            messages::sealed.eq(words.sealed),
            messages::sealed_key.eq(words.sealed_key),
            messages::sealed_until.eq(words.sealed_until),
        ),
        messages::provider_sid.eq(text.message.sid.as_str()),
        messages::segments.eq(i64::from(segments(&text.message.body))),
        messages::state_at.eq(at),
        messages::created_at.eq(at),
        messages::texted_at.eq(text.texted_at.map(Timestamp::as_micros)),
    );
    let id: i64 = insert_into(messages::table)
        .values(row)
        .returning(messages::id)
        .get_result(connection)?;
    for part in &text.reply {
        keep_part(connection, text, part, (id, hiker))?;
    }
    let tombstone = (
        inbound_sids::sid.eq(text.message.sid.as_str()),
        inbound_sids::digest.eq(TextDigest::of(&text.message).as_bytes().to_vec()),
        inbound_sids::token_fingerprint.eq(text.message.signed_by.as_bytes().to_vec()),
        inbound_sids::message_id.eq(id),
        inbound_sids::received_at.eq(at),
    );
    insert_into(inbound_sids::table)
        .values(tombstone)
        .execute(connection)?;
    Ok(id)
}

fn keep_part(
    connection: &mut Connection,
    text: &ReceiveText,
    part: &ReplyPart,
    (cause, hiker): (i64, Option<i64>),
) -> QueryResult<()> {
    let state = match text.reply_state {
        ReplyState::Replied => "replied",
        ReplyState::Withheld => "withheld",
    };
    let words = WordColumns::from(&part.words);
    let weight = match &part.words {
        Words::Plain(said) => segments(said),
        Words::Sealed { .. } => 1,
    };
    let row = (
        messages::tag.eq(part.tag.as_bytes().as_slice()),
        messages::direction.eq("out"),
        messages::phone.eq(text.message.from.as_str()),
        messages::our_number.eq(text.message.to.as_str()),
        messages::user_id.eq(hiker),
        messages::cause_id.eq(cause),
        messages::state.eq(state),
        (
            messages::body.eq(words.body),
            messages::sealed.eq(words.sealed),
            messages::sealed_key.eq(words.sealed_key),
            messages::sealed_until.eq(words.sealed_until),
        ),
        messages::segments.eq(i64::from(weight)),
        messages::state_at.eq(text.at.as_micros()),
        messages::created_at.eq(text.at.as_micros()),
    );
    insert_into(messages::table)
        .values(row)
        .execute(connection)
        .map(|_| ())
}

/// What is queued, the sender's own texts being those of the hiker that this text registers.
fn owned(text: &ReceiveText, outgoing: &[Outgoing], registered: Option<UserId>) -> Vec<Outgoing> {
    let mut queued = outgoing.to_vec();
    for item in &mut queued {
        if let Outgoing::Text(own) | Outgoing::Newest(own) = item
            && own.user.is_none()
            && own.to.as_str() == text.message.from.as_str()
        {
            own.user = registered;
        }
    }
    queued
}
