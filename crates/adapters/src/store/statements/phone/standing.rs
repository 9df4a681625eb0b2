//! Words that accounts show, what numbers were asked to confirm, and how often their words were wrong.

use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, OptionalExtension as _,
    QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _, insert_into,
    update,
};
use thunderbird_domain::{
    account::AccountId,
    phone::{
        NewWords, Pending, PendingAction, PendingChange, PhoneChange, TextLinkState, WordSet, WrongWords,
    },
    phone_number::PhoneNumber,
    random::Tag,
    secret::Mac,
    time::Timestamp,
};

use super::{
    super::{
        Connection, column, limit,
        schema::{accounts, pending_actions, phone_codes, phone_word_sets},
    },
    code,
};

/// Stores words in place of the account's open ones; what was begun with those ends too.
pub(super) fn offer(connection: &mut Connection, words: &NewWords) -> QueryResult<()> {
    let at = words.at.as_micros();
    let too_late = phone_word_sets::table
        .filter(phone_word_sets::mac.eq(words.mac.bytes.as_slice()))
        .filter(phone_word_sets::ended_at.is_null())
        .filter(phone_word_sets::expires_at.le(at));
    update(too_late)
        .set((
            phone_word_sets::ended_at.eq(phone_word_sets::expires_at.nullable()),
            phone_word_sets::end_reason.eq("expired"),
        ))
        .execute(connection)?;
    let open: Option<i64> = phone_word_sets::table
        .filter(phone_word_sets::account_id.eq(words.account.get()))
        .filter(phone_word_sets::ended_at.is_null())
        .select(phone_word_sets::id)
        .first(connection)
        .optional()?;
    if let Some(open) = open {
        end_set(connection, open, (words.at, "superseded"))?;
    }
    insert_into(phone_word_sets::table)
        .values((
            phone_word_sets::tag.eq(words.tag.as_bytes().as_slice()),
            phone_word_sets::account_id.eq(words.account.get()),
            phone_word_sets::mac.eq(words.mac.bytes.as_slice()),
            phone_word_sets::mac_key.eq(&words.mac.key_id),
            phone_word_sets::created_at.eq(at),
            phone_word_sets::expires_at.eq(words.expires_at.as_micros()),
        ))
        .execute(connection)?;
    Ok(())
}

/// Ends words, and every question that was asked about them.
fn end_set(
    connection: &mut Connection,
    set: i64,
    (at, reason): (Timestamp, &'static str),
) -> QueryResult<()> {
    update(phone_word_sets::table.find(set))
        .set((
            phone_word_sets::ended_at.eq(at.as_micros()),
            phone_word_sets::end_reason.eq(reason),
        ))
        .execute(connection)?;
    let asked = pending_actions::table
        .filter(pending_actions::word_set_id.eq(set))
        .filter(pending_actions::ended_at.is_null());
    update(asked)
        .set((
            pending_actions::ended_at.eq(at.as_micros()),
            pending_actions::end_reason.eq(reason),
        ))
        .execute(connection)?;
    Ok(())
}

/// Ends everything that an account has under way towards a link: its words, what was asked about them, its codes.
pub(super) fn void(connection: &mut Connection, account: AccountId, at: Timestamp) -> QueryResult<()> {
    let sets: Vec<i64> = phone_word_sets::table
        .filter(phone_word_sets::account_id.eq(account.get()))
        .filter(phone_word_sets::ended_at.is_null())
        .select(phone_word_sets::id)
        .load(connection)?;
    for set in sets {
        end_set(connection, set, (at, "session_ended"))?;
    }
    let codes = phone_codes::table
        .filter(phone_codes::account_id.eq(account.get()))
        .filter(phone_codes::ended_at.is_null());
    update(codes)
        .set(code::ended(at, "session_ended"))
        .execute(connection)?;
    Ok(())
}

/// Uses up open words; false when they are not open any more.
pub(super) fn use_words(connection: &mut Connection, tag: Tag, at: Timestamp) -> QueryResult<bool> {
    let open: Option<i64> = phone_word_sets::table
        .filter(phone_word_sets::tag.eq(tag.as_bytes().as_slice()))
        .filter(phone_word_sets::ended_at.is_null())
        .select(phone_word_sets::id)
        .first(connection)
        .optional()?;
    match open {
        Some(set) => end_set(connection, set, (at, "used")).map(|()| true),
        None => Ok(false),
    }
}

/// The open words with one of these digests.
pub(super) fn words(
    connection: &mut Connection,
    macs: &[Mac],
    at: Timestamp,
) -> QueryResult<Option<WordSet>> {
    let found: Option<(i64, Vec<u8>, i64, String)> = phone_word_sets::table
        .inner_join(accounts::table)
        .filter(phone_word_sets::mac.eq_any(macs.iter().map(|mac| mac.bytes.as_slice())))
        .filter(phone_word_sets::ended_at.is_null())
        .filter(phone_word_sets::expires_at.gt(at.as_micros()))
        .filter(accounts::disabled_at.is_null())
        .select((
            phone_word_sets::id,
            phone_word_sets::tag,
            phone_word_sets::account_id,
            accounts::email,
        ))
        .first(connection)
        .optional()?;
    let Some((id, tag, account, email)) = found else {
        return Ok(None);
    };
    Ok(Some(WordSet {
        tag: column::tag(&tag, "phone_word_sets.tag", id)?,
        account: AccountId::from_stored(account),
        email: column::email(&email, "accounts.email", account)?,
    }))
}

/// Where a number stands.
pub(super) fn of(
    connection: &mut Connection,
    phone: &PhoneNumber,
    at: Timestamp,
) -> QueryResult<TextLinkState> {
    Ok(TextLinkState {
        pending: open(connection, phone, at)?,
        wrong: WrongWords(limit::find(connection, &WrongWords::key(phone))?),
    })
}

fn open(connection: &mut Connection, phone: &PhoneNumber, at: Timestamp) -> QueryResult<Option<Pending>> {
    let found: Option<(Row, Option<Vec<u8>>)> = pending_actions::table
        .left_join(phone_word_sets::table.on(pending_actions::word_set_id.eq(phone_word_sets::id.nullable())))
        .filter(pending_actions::phone.eq(phone.as_str()))
        .filter(pending_actions::ended_at.is_null())
        .filter(pending_actions::expires_at.gt(at.as_micros()))
        .select((Row::as_select(), phone_word_sets::tag.nullable()))
        .first(connection)
        .optional()?;
    found.map(|(row, words)| row.read(words.as_deref())).transpose()
}

/// Ends the number's open question and asks another, if one is asked; false when another is open than was thought.
pub(super) fn replace_pending(
    connection: &mut Connection,
    change: &PhoneChange,
    pending: &PendingChange,
) -> QueryResult<bool> {
    let open = open(connection, &change.phone, change.at)?;
    if open.map(|open| open.tag) != pending.replaces {
        return Ok(false);
    }
    let reason = if pending.state.is_some() {
        "superseded"
    } else {
        "closed"
    };
    end_pending(connection, &change.phone, (change.at, reason))?;
    match &pending.state {
        Some(asked) => ask(connection, &change.phone, asked),
        None => Ok(true),
    }
}

/// Ends the number's open question, if any, also one that is too late.
pub(super) fn end_pending(
    connection: &mut Connection,
    phone: &PhoneNumber,
    (at, reason): (Timestamp, &'static str),
) -> QueryResult<()> {
    let open = pending_actions::table
        .filter(pending_actions::phone.eq(phone.as_str()))
        .filter(pending_actions::ended_at.is_null());
    update(open)
        .set((
            pending_actions::ended_at.eq(at.as_micros()),
            pending_actions::end_reason.eq(reason),
        ))
        .execute(connection)?;
    Ok(())
}

/// Asks a question; false when the words it is about are not open any more.
fn ask(connection: &mut Connection, phone: &PhoneNumber, asked: &Pending) -> QueryResult<bool> {
    let (kind, account, words) = match asked.action {
        PendingAction::Link { account, words } => ("link", account, Some(words)),
        PendingAction::Unlink { account } => ("unlink", account, None),
    };
    let mut set = None;
    if let Some(words) = words {
        set = phone_word_sets::table
            .filter(phone_word_sets::tag.eq(words.as_bytes().as_slice()))
            .filter(phone_word_sets::ended_at.is_null())
            .select(phone_word_sets::id)
            .first::<i64>(connection)
            .optional()?;
        if set.is_none() {
            return Ok(false);
        }
    }
    insert_into(pending_actions::table)
        .values((
            pending_actions::tag.eq(asked.tag.as_bytes().as_slice()),
            pending_actions::phone.eq(phone.as_str()),
            pending_actions::kind.eq(kind),
            pending_actions::account_id.eq(account.get()),
            pending_actions::word_set_id.eq(set),
            pending_actions::mac.eq(asked.mac.bytes.as_slice()),
            pending_actions::mac_key.eq(&asked.mac.key_id),
            pending_actions::created_at.eq(asked.at.as_micros()),
            pending_actions::expires_at.eq(asked.expires_at.as_micros()),
        ))
        .execute(connection)?;
    Ok(true)
}

/// Stores how often the number's words were wrong; false when the count has moved.
pub(super) fn replace_wrong(
    connection: &mut Connection,
    change: &PhoneChange,
    (before, after): (WrongWords, WrongWords),
) -> QueryResult<bool> {
    let key = WrongWords::key(&change.phone);
    if limit::find(connection, &key)? != before.0 {
        return Ok(false);
    }
    match after.0 {
        Some(counter) => limit::put(connection, &key, counter, WrongWords::forget_at(counter))?,
        None => limit::clear(connection, &key)?,
    }
    Ok(true)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = pending_actions)]
struct Row {
    id: i64,
    tag: Vec<u8>,
    kind: String,
    account_id: i64,
    mac: Vec<u8>,
    mac_key: String,
    created_at: i64,
    expires_at: i64,
}

impl Row {
    fn read(self, words: Option<&[u8]>) -> QueryResult<Pending> {
        let account = AccountId::from_stored(self.account_id);
        let action = match (self.kind.as_str(), words) {
            ("link", Some(words)) => PendingAction::Link {
                account,
                words: column::tag(words, "phone_word_sets.tag", self.id)?,
            },
            ("unlink", None) => PendingAction::Unlink { account },
            _ => return Err(column::corrupt("pending_actions.kind", self.id)),
        };
        Ok(Pending {
            tag: column::tag(&self.tag, "pending_actions.tag", self.id)?,
            action,
            mac: column::mac(self.mac_key, &self.mac, "pending_actions.mac", self.id)?,
            at: column::instant(self.created_at),
            expires_at: column::instant(self.expires_at),
        })
    }
}
