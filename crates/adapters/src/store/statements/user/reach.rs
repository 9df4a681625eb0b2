//! What became of the texts to a contact: kept on the contact, in the commit in which it becomes known.

use std::collections::HashMap;

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, update,
};
use thunderbird_domain::{
    limit::{Limit, LimitKey, Rule, Verdict},
    outgoing::Outgoing,
    phone_number::PhoneNumber,
    random::Tag,
    sms::gateway::CODE_OPTED_OUT,
    time::Timestamp,
    user::{
        CheckInNotice, Contact, ContactId, ContactName, Reach, Trouble, UNREACHED_A_DAY, UserId, opted_out,
        unreached,
    },
};

use super::{
    Connection,
    column::{self, instant},
    limit, opt_out,
    outbox::row,
    outgoing,
    schema::{contacts, messages, users},
};

/// A text to somebody on a hiker's behalf: hiker, recipient, tag, state, error code, when it was to leave.
type Sent = (Option<i64>, String, Vec<u8>, String, Option<String>, i64);

/// A contact whose state changes: id, number, name, since when.
type Marked = (i64, String, String, i64);

/// Keeps on the contact what became of the text with this id, if that is known by now. A text that is older than the
/// newest one with a known fate, or than the contact, says nothing. The hiker hears of it when a contact who was reached
/// is so no more. The caller holds the hiker.
pub(crate) fn note(connection: &mut Connection, id: i64, at: Timestamp) -> QueryResult<()> {
    let sent: Option<Sent> = messages::table
        .find(id)
        .filter(messages::class.is_not_null())
        .select((
            messages::user_id,
            messages::phone,
            messages::tag,
            messages::state,
            messages::error_code,
            messages::not_before.assume_not_null(),
        ))
        .first(connection)
        .optional()?;
    let Some((Some(user), phone, tag, state, code, left_at)) = sent else {
        return Ok(());
    };
    let reach = Reach::of(row::state(&state, id)?, row::code(code.as_deref()));
    let trouble = match reach {
        Reach::Delivered => None,
        Reach::Failed(trouble) => Some(trouble),
        Reach::Withheld if row::code(code.as_deref()) == Some(CODE_OPTED_OUT) => {
            return refused(connection, (user, &phone), left_at, at);
        }
        Reach::OnItsWay | Reach::Withheld => return Ok(()),
    };
    let newest = contacts::heard_text.is_null().or(contacts::heard_text.le(id));
    let contact = contacts::table
        .filter(contacts::user_id.eq(user))
        .filter(contacts::phone.eq(phone))
        .filter(contacts::created_at.le(left_at))
        .filter(newest);
    let heard = (
        contacts::heard_text.eq(id),
        contacts::trouble.eq(trouble.map(Trouble::as_str)),
    );
    if let Some(trouble) = trouble {
        let marked: Option<Marked> = update(contact.clone().filter(contacts::trouble.is_null()))
            .set(heard)
            .returning((
                contacts::id,
                contacts::phone,
                contacts::name,
                contacts::created_at,
            ))
            .get_result(connection)
            .optional()?;
        if let Some(marked) = marked {
            let text = column::tag(&tag, "messages.tag", id)?;
            let contact = contact_of(marked)?;
            return tell(connection, user, at, |hiker| {
                unreached(hiker, (&contact, trouble), &text, at)
            });
        }
    }
    update(contact).set(heard).execute(connection)?;
    Ok(())
}

/// The provider refused a text, because its recipient has opted out: the hiker hears of it if it is a contact.
fn refused(
    connection: &mut Connection,
    (user, phone): (i64, &str),
    left_at: i64,
    at: Timestamp,
) -> QueryResult<()> {
    let known: Option<Marked> = contacts::table
        .filter(contacts::user_id.eq(user))
        .filter(contacts::phone.eq(phone))
        .filter(contacts::created_at.le(left_at))
        .select((
            contacts::id,
            contacts::phone,
            contacts::name,
            contacts::created_at,
        ))
        .first(connection)
        .optional()?;
    let Some(known) = known else { return Ok(()) };
    let contact = contact_of(known)?;
    tell(connection, user, at, |hiker| opted_out(hiker, &contact, at))
}

fn contact_of((id, phone, name, since): Marked) -> QueryResult<Contact> {
    Ok(Contact {
        id: Some(ContactId::from_stored(id)),
        phone: column::phone(&phone, "contacts.phone", id)?,
        name: ContactName::from_stored(name),
        created_at: instant(since),
        email: None,
    })
}

/// Tells the hiker, unless they get no texts or have heard of many failures today.
fn tell(
    connection: &mut Connection,
    user: i64,
    at: Timestamp,
    told: impl FnOnce((UserId, &PhoneNumber)) -> Outgoing,
) -> QueryResult<()> {
    let hiker: Option<String> = users::table
        .find(user)
        .filter(users::ended_at.is_null())
        .select(users::phone)
        .first(connection)
        .optional()?;
    let Some(hiker) = hiker else { return Ok(()) };
    let hiker = column::phone(&hiker, "users.phone", user)?;
    let cap = [Limit {
        key: LimitKey::new("unreached.hiker", user.to_be_bytes()),
        rule: Rule::Quota(UNREACHED_A_DAY),
    }];
    if opt_out::stands(connection, &hiker)? || limit::judge(connection, &cap, at)? != Verdict::Allowed {
        return Ok(());
    }
    limit::count(connection, &cap, at)?;
    outgoing::queue(connection, &[told((UserId::from_stored(user), &hiker))], None, at)
}

/// A text of a check-in: tag, number, state, error code, the contact's name.
type NoticeRow = (Vec<u8>, String, String, Option<String>, Option<String>);

/// The texts with these tags that are still kept, by tag.
pub(crate) fn notices(connection: &mut Connection, tags: &[Tag]) -> QueryResult<HashMap<Tag, CheckInNotice>> {
    if tags.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted: Vec<&[u8]> = tags.iter().map(|tag| tag.as_bytes().as_slice()).collect();
    let of_contact = contacts::user_id
        .nullable()
        .eq(messages::user_id)
        .and(contacts::phone.eq(messages::phone));
    let rows: Vec<NoticeRow> = messages::table
        .left_join(contacts::table.on(of_contact))
        .filter(messages::class.is_not_null())
        .filter(messages::tag.eq_any(wanted))
        .select((
            messages::tag,
            messages::phone,
            messages::state,
            messages::error_code,
            contacts::name.nullable(),
        ))
        .load(connection)?;
    let mut found = HashMap::with_capacity(rows.len());
    for (tag, phone, state, code, name) in rows {
        let tag = column::tag(&tag, "messages.tag", 0)?;
        let notice = CheckInNotice {
            tag,
            phone: column::phone(&phone, "messages.phone", 0)?,
            name: ContactName::from_stored(name.unwrap_or_default()),
            reach: Reach::of(row::state(&state, 0)?, row::code(code.as_deref())),
        };
        found.insert(tag, notice);
    }
    Ok(found)
}

/// A stored word; `None` if the last text arrived or no text is known.
pub(crate) fn trouble(word: Option<&str>, contact: i64) -> QueryResult<Option<Trouble>> {
    word.map(|word| Trouble::parse(word).ok_or_else(|| column::corrupt("contacts.trouble", contact)))
        .transpose()
}
