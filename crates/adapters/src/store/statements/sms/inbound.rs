//! Texts in, with everything they cause: one job of the writer.

use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _, insert_into,
};
use thunderbird_domain::{
    account::AccountId,
    audit::Subject,
    id::MessageId,
    outgoing::{Outgoing, Words},
    phone::PhoneCommit,
    phone_number::PhoneNumber,
    port::PortFuture,
    sms::{
        body::segments,
        decision::Effects,
        inbound::{
            HISTORY_ROWS, Inbox, LIMIT_WINDOW, PastText, ReceiveText, Received, Reply, ReplyPart, ReplyState,
            Sender, SenderHistory, SenderState, TextDigest, TextOutcome,
        },
    },
    time::Timestamp,
    user::UserId,
};

use super::{
    Abort, Connection, Key, Keys, Store, audit,
    column::{self, instant},
    conversation, opt_out, outgoing,
    outgoing::WordColumns,
    phone,
    schema::{conversations, inbound_sids, messages, opt_outs, phone_links, users},
    user,
};

const PORT: &str = "inbox";

/// How many of a sender's texts are read at a time.
const CHUNK: i64 = 16;

impl Inbox for Store {
    fn sender_state(
        &self,
        phone: &PhoneNumber,
        digest: TextDigest,
        at: Timestamp,
    ) -> PortFuture<'_, SenderState> {
        let phone = phone.clone();
        self.read_here(PORT, move |connection| situation(connection, &phone, digest, at))
    }

    fn commit(&self, text: ReceiveText) -> PortFuture<'_, Received> {
        let sender = [
            Key::Phone(text.message.from.as_str()),
            Key::Sid(text.message.sid.as_str()),
        ];
        let keys = Keys::on(text.effects.link.iter().flat_map(phone::keys).chain(sender));
        self.transact(PORT, keys, move |connection| receive(connection, &text))
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
        conversation,
        opt_out,
        link,
        outgoing,
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
    let id = keep(connection, text, hiker)?;
    if let Some(change) = opt_out {
        opt_out::apply(connection, change)?;
    }
    outgoing::queue(connection, &owned(text, outgoing, registered), Some(id), text.at)?;
    let subject = registered.map_or(Subject::Message(MessageId::from_stored(id)), Subject::User);
    audit::append(connection, audit, Some(subject))?;
    let parts = match text.reply_state {
        ReplyState::Replied => text.reply.clone(),
        ReplyState::Withheld => Vec::new(),
    };
    Ok(Received::Stored(Reply { parts }))
}

/// What there is of a sender: hiker, conversation, opt-out, linked account, any text.
type Found = (Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// What is known about a sender. Most senders are strangers or have nothing pending: one statement finds out what
/// there is to read.
fn situation(
    connection: &mut Connection,
    phone: &PhoneNumber,
    digest: TextDigest,
    at: Timestamp,
) -> QueryResult<SenderState> {
    let number = phone.as_str();
    let (hiker, talk, opt_out, linked, newest): Found = diesel::select((
        users::table
            .filter(users::phone.eq(number))
            .filter(users::ended_at.is_null())
            .select(users::id)
            .single_value(),
        conversations::table
            .filter(conversations::phone.eq(number))
            .select(conversations::id)
            .single_value(),
        opt_outs::table
            .filter(opt_outs::phone.eq(number))
            .filter(opt_outs::ended_at.is_null())
            .select(opt_outs::id)
            .single_value(),
        phone_links::table
            .filter(phone_links::phone.eq(number))
            .filter(phone_links::ended_at.is_null())
            .select(phone_links::account_id)
            .single_value(),
        messages::table
            .filter(messages::phone.eq(number))
            .select(messages::id)
            .single_value(),
    ))
    .get_result(connection)?;
    let history = match newest {
        Some(_) => SenderHistory::of(past_texts(connection, phone, at)?, digest, at),
        None => SenderHistory::default(),
    };
    Ok(SenderState {
        user: hiker.map_or(Ok(None), |_| user::by_phone(connection, phone))?,
        conversation: talk.map_or(Ok(None), |_| conversation::of_phone(connection, phone))?,
        opted_out: opt_out.is_some(),
        linked_account: linked.map(AccountId::from_stored),
        history,
    })
}

/// A sender's texts, newest first, back to the first one that limits no longer look at.
fn past_texts(connection: &mut Connection, phone: &PhoneNumber, at: Timestamp) -> QueryResult<Vec<PastText>> {
    let mut texts: Vec<PastText> = Vec::new();
    let mut below = i64::MAX;
    loop {
        let rows: Vec<(i64, i64, String, Option<Vec<u8>>)> = messages::table
            .left_join(inbound_sids::table.on(inbound_sids::sid.nullable().eq(messages::provider_sid)))
            .filter(messages::phone.eq(phone.as_str()))
            .filter(messages::direction.eq("in"))
            .filter(messages::id.lt(below))
            .order(messages::id.desc())
            .limit(CHUNK)
            .select((
                messages::id,
                messages::created_at,
                messages::state,
                inbound_sids::digest.nullable(),
            ))
            .load(connection)?;
        let full = i64::try_from(rows.len()).is_ok_and(|count| count == CHUNK);
        for (id, created_at, state, digest) in rows {
            below = id;
            let digest = digest
                .and_then(|raw| raw.try_into().ok())
                .map(TextDigest::from_bytes);
            let outcome = TextOutcome::parse(&state).ok_or_else(|| column::corrupt("messages.state", id))?;
            texts.push(PastText {
                id: MessageId::from_stored(id),
                at: instant(created_at),
                outcome,
                digest,
            });
        }
        let reaches_back = texts
            .last()
            .is_none_or(|oldest| at.since(oldest.at) >= LIMIT_WINDOW);
        if !full || reaches_back || texts.len() >= usize::try_from(HISTORY_ROWS).unwrap_or(usize::MAX) {
            return Ok(texts);
        }
    }
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
    let (digest, message): (Vec<u8>, Option<i64>) = inbound_sids::table
        .filter(inbound_sids::sid.eq(text.message.sid.as_str()))
        .select((inbound_sids::digest, inbound_sids::message_id))
        .first(connection)?;
    if digest != TextDigest::of(&text.message).as_bytes() {
        return Ok(Received::SidReused);
    }
    let parts = message
        .map(|message| parts_of(connection, message))
        .transpose()?
        .unwrap_or_default();
    Ok(Received::Duplicate(Reply { parts }))
}

/// A reply's columns: id, tag, body, sealed, its key, until when.
type PartRow = (
    i64,
    Vec<u8>,
    Option<String>,
    Option<Vec<u8>>,
    Option<String>,
    Option<i64>,
);

fn parts_of(connection: &mut Connection, message: i64) -> QueryResult<Vec<ReplyPart>> {
    let rows: Vec<PartRow> = messages::table
        .filter(messages::cause_id.eq(message))
        .filter(messages::state.eq("replied"))
        .order(messages::id)
        .select((
            messages::id,
            messages::tag,
            messages::body,
            messages::sealed,
            messages::sealed_key,
            messages::sealed_until,
        ))
        .load(connection)?;
    let mut parts = Vec::with_capacity(rows.len());
    for (id, tag, body, sealed, key_id, until) in rows {
        let Some(words) = column::words(body, sealed, key_id, until) else {
            continue;
        };
        parts.push(ReplyPart {
            tag: column::tag(&tag, "messages.tag", id)?,
            words,
        });
    }
    Ok(parts)
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
        if let Outgoing::Text(own) = item
            && own.user.is_none()
            && own.to.as_str() == text.message.from.as_str()
        {
            own.user = registered;
        }
    }
    queued
}
