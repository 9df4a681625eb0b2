//! Mails to contacts about alarms: what they wait for, what ends them, and who wants none.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _, delete,
    dsl::{count_star, sql},
    insert_into,
    sql_types::Bool,
    update,
};
use thunderbird_domain::{
    admin::MailLine,
    deadline::{AlarmMail, MORE_MAILS_PER_ADDRESS, MORE_MAILS_PER_PAIR, MORE_MAILS_WITHIN, MailedEnd},
    id::{DeadlineId, UserId},
    mail::stop::{Addressee, StoppedMails},
    outbox::state::{Ended, SendState},
    outgoing::{Class, OutgoingMail, Words},
    port::PortFuture,
    random::Tag,
    refusals,
    time::Timestamp,
};

use super::{
    Connection, Held, Key, Keys, Store, column, contact_email, dialect, mail_queue,
    schema::{contact_mails, mails, stopped_mails},
};

const PORT: &str = "mails to contacts";
const ALERT: &str = "alert";
const MORE: &str = "more";
const END: &str = "end";

/// Whether a mail goes to a contact.
pub(crate) const IS_TO_CONTACT: &str = "EXISTS (SELECT 1 FROM contact_mails c WHERE c.mail_id = mails.id)";

/// The conditions of sending a mail to a contact that are gone: its address wants no mails, or, unless it ends an alarm,
/// the promise is closed, the hiker has left the number, or the address is not that of this contact of the hiker any more.
pub(crate) const UNWANTED: &str = "EXISTS (SELECT 1 FROM contact_mails c WHERE c.mail_id = mails.id AND (\
    EXISTS (SELECT 1 FROM stopped_mails s WHERE s.email = mails.recipient) OR (c.kind <> 'end' AND (\
    EXISTS (SELECT 1 FROM deadlines d WHERE d.id = c.deadline_id AND d.closed_at IS NOT NULL) OR \
    EXISTS (SELECT 1 FROM users u WHERE u.id = c.user_id AND u.ended_at IS NOT NULL) OR \
    NOT EXISTS (SELECT 1 FROM contacts k JOIN contact_emails e ON e.contact_id = k.id \
    WHERE k.user_id = c.user_id AND k.phone = c.phone AND e.email = mails.recipient)))))";

/// Whether an earlier mail of the same alarm to the same address is not over yet: what ends an alarm must not arrive before
/// the alert.
pub(crate) const BEHIND: &str = "EXISTS (SELECT 1 FROM contact_mails mine \
    JOIN contact_mails c ON c.deadline_id = mine.deadline_id AND c.email = mine.email AND c.mail_id < mine.mail_id \
    JOIN mails e ON e.id = c.mail_id WHERE mine.mail_id = mails.id AND e.state IN ('queued', 'sending'))";

/// Whether the mail is an alert of a promise that is closed.
const OVER: &str = "EXISTS (SELECT 1 FROM contact_mails c JOIN deadlines d ON d.id = c.deadline_id \
    WHERE c.mail_id = mails.id AND c.kind <> 'end' AND d.closed_at IS NOT NULL)";

impl StoppedMails for Store {
    fn addressee(&self, mail: Tag) -> PortFuture<'_, Option<Addressee>> {
        self.read_here(PORT, move |connection| {
            let Some((id, email)) = tagged(connection, mail)? else {
                return Ok(None);
            };
            let stopped: Option<i64> = stopped_mails::table
                .find(&email)
                .select(stopped_mails::stopped_at)
                .first(connection)
                .optional()?;
            Ok(Some(Addressee {
                email: column::email(&email, "contact_mails.email", id)?,
                has_stopped: stopped.is_some(),
            }))
        })
    }

    fn stop(&self, mail: Tag, stops: bool, at: Timestamp) -> PortFuture<'_, bool> {
        self.transact(PORT, Keys::on([Key::Mails]), move |connection| {
            let Some((_, email)) = tagged(connection, mail)? else {
                return Ok(false);
            };
            if stops {
                insert_into(stopped_mails::table)
                    .values((
                        stopped_mails::email.eq(&email),
                        stopped_mails::stopped_at.eq(at.as_micros()),
                    ))
                    .on_conflict_do_nothing()
                    .execute(connection)?;
            } else {
                delete(stopped_mails::table.find(&email)).execute(connection)?;
            }
            Ok(true)
        })
    }
}

/// The row and the address of a mail to a contact.
fn tagged(connection: &mut Connection, mail: Tag) -> QueryResult<Option<(i64, String)>> {
    contact_mails::table
        .inner_join(mails::table)
        .filter(mails::tag.eq(mail.as_bytes().as_slice()))
        .select((contact_mails::mail_id, contact_mails::email))
        .first(connection)
        .optional()
}

/// Queues mails of an alert. A tag that is queued already stays as it is.
pub(crate) fn queue(
    connection: &mut Connection,
    queued: &[AlarmMail],
    deadline: i64,
    at: Timestamp,
) -> QueryResult<()> {
    for mail in queued {
        let kind = if mail.is_numbered { ALERT } else { MORE };
        if kind == MORE && !has_room(connection, mail, at)? {
            continue;
        }
        add(connection, (mail, kind), deadline, at)?;
    }
    Ok(())
}

/// Whether one more mail that is no numbered alert may go to this address.
fn has_room(connection: &mut Connection, mail: &AlarmMail, at: Timestamp) -> QueryResult<bool> {
    let since = at.minus(MORE_MAILS_WITHIN).as_micros();
    let to_address = || {
        contact_mails::table
            .filter(sql::<Bool>("kind = 'more'"))
            .filter(contact_mails::email.eq(mail.to.as_str()))
            .filter(contact_mails::created_at.gt(since))
    };
    let of_all: i64 = to_address().select(count_star()).first(connection)?;
    let of_hiker: i64 = to_address()
        .filter(contact_mails::user_id.eq(mail.user.get()))
        .select(count_star())
        .first(connection)?;
    let full = if of_hiker >= i64::from(MORE_MAILS_PER_PAIR) {
        Some("alarm_mails.pair")
    } else {
        (of_all >= i64::from(MORE_MAILS_PER_ADDRESS)).then_some("alarm_mails.address")
    };
    full.into_iter().for_each(refusals::count);
    Ok(full.is_none())
}

fn add(
    connection: &mut Connection,
    (mail, kind): (&AlarmMail, &str),
    deadline: i64,
    at: Timestamp,
) -> QueryResult<()> {
    let outgoing = OutgoingMail {
        tag: mail.tag,
        to: mail.to.clone(),
        account: None,
        subject: mail.letter.subject.clone(),
        words: Words::Plain(mail.letter.body.clone()),
        class: Class::Alarm,
        is_page: false,
        not_before: Some(mail.letter.not_before),
        expires_at: mail.letter.expires_at,
        cap: None,
    };
    mail_queue::queue(connection, &outgoing, at)?;
    let id: i64 = mails::table
        .filter(mails::tag.eq(mail.tag.as_bytes().as_slice()))
        .select(mails::id)
        .first(connection)?;
    insert_into(contact_mails::table)
        .values((
            contact_mails::mail_id.eq(id),
            contact_mails::deadline_id.eq(deadline),
            contact_mails::user_id.eq(mail.user.get()),
            contact_mails::phone.eq(mail.contact.as_str()),
            contact_mails::email.eq(mail.to.as_str()),
            contact_mails::kind.eq(kind),
            contact_mails::created_at.eq(at.as_micros()),
        ))
        .on_conflict(contact_mails::mail_id)
        .do_nothing()
        .execute(connection)
        .map(|_| ())
}

/// The promise is closed: what waits is withheld, and each address that may have a mail of the alarm gets one that ends it.
/// What is being sent at this moment is withheld when it would be sent again.
pub(crate) fn end(
    connection: &mut Connection,
    deadline: i64,
    ending: Option<&MailedEnd>,
    at: Timestamp,
) -> QueryResult<()> {
    dialect::hold(connection, Held::MailsAbout(deadline))?;
    let about = contact_mails::table
        .filter(contact_mails::deadline_id.eq(deadline))
        .filter(contact_mails::kind.ne(END))
        .select(contact_mails::mail_id)
        .load(connection)?;
    withhold(connection, about, at)?;
    match ending {
        Some(ending) => stand_down(connection, deadline, ending, at),
        None => Ok(()),
    }
}

/// Queues the mail that ends an alarm to each address that may have a mail of it.
fn stand_down(
    connection: &mut Connection,
    deadline: i64,
    ending: &MailedEnd,
    at: Timestamp,
) -> QueryResult<()> {
    let may_have: Vec<(String, String, i64)> = contact_mails::table
        .inner_join(mails::table)
        .filter(contact_mails::deadline_id.eq(deadline))
        .filter(contact_mails::kind.ne(END))
        .filter(
            mails::state
                .ne(SendState::Ended(Ended::Withheld).as_str())
                .or(mails::ambiguous_attempts.gt(0)),
        )
        .order(contact_mails::mail_id)
        .select((contact_mails::email, contact_mails::phone, contact_mails::user_id))
        .load(connection)?;
    for (email, phone, user) in may_have {
        let (Ok(to), Ok(contact)) = (
            column::email(&email, "contact_mails.email", deadline),
            column::phone(&phone, "contact_mails.phone", deadline),
        ) else {
            // Nothing can be sent to it, and the end of the alarm must be stored all the same.
            tracing::error!(
                event = "contact.email_unreadable",
                deadline,
                "a mail's address cannot be read"
            );
            continue;
        };
        let mail = AlarmMail {
            tag: ending.tag_to(&email),
            contact,
            to,
            user: UserId::from_stored(user),
            is_numbered: true,
            letter: ending.letter.clone(),
        };
        add(connection, (&mail, END), deadline, at)?;
    }
    Ok(())
}

/// A mail's columns: the contact, the address, its kind, its state, the server's code, and since when it is so.
type LineColumns = (i64, String, String, String, String, Option<String>, i64);

/// The mails about a promise, oldest first.
pub(crate) fn about(
    connection: &mut Connection,
    deadline: DeadlineId,
    limit: i64,
) -> QueryResult<Vec<MailLine>> {
    let rows: Vec<LineColumns> = contact_mails::table
        .inner_join(mails::table)
        .filter(contact_mails::deadline_id.eq(deadline.get()))
        .order(contact_mails::mail_id)
        .limit(limit)
        .select((
            contact_mails::mail_id,
            contact_mails::phone,
            contact_mails::email,
            contact_mails::kind,
            mails::state,
            mails::error,
            mails::state_at,
        ))
        .load(connection)?;
    let line = |(id, phone, email, kind, state, error, at): LineColumns| {
        Ok(MailLine {
            phone,
            email,
            ends_alarm: kind == END,
            state: SendState::parse(&state).ok_or_else(|| column::corrupt("mails.state", id))?,
            code: error.and_then(|code| code.parse().ok()),
            at: column::instant(at),
        })
    };
    rows.into_iter().map(line).collect()
}

/// The hiker has left the number: contacts get no alert any more, and their addresses are forgotten.
pub(crate) fn leave(connection: &mut Connection, user: i64, at: Timestamp) -> QueryResult<()> {
    dialect::hold(connection, Held::MailsFor(user))?;
    let about = contact_mails::table
        .filter(contact_mails::user_id.eq(user))
        .filter(contact_mails::kind.ne(END))
        .select(contact_mails::mail_id)
        .load(connection)?;
    withhold(connection, about, at)?;
    contact_email::remove_all(connection, user)
}

fn withhold(connection: &mut Connection, ids: Vec<i64>, at: Timestamp) -> QueryResult<()> {
    let waiting = mails::table
        .filter(mails::id.eq_any(ids))
        .filter(mails::state.eq(SendState::Queued.as_str()));
    update(waiting)
        .set((
            mails::state.eq(SendState::Ended(Ended::Withheld).as_str()),
            mails::state_at.eq(at.as_micros()),
            mails::next_attempt_at.eq(None::<i64>),
        ))
        .execute(connection)
        .map(|_| ())
}

/// A mail that waits for another attempt is withheld at once if its alarm is over, so that the one that ends the alarm need
/// not wait for it.
pub(crate) fn withhold_if_over(connection: &mut Connection, mail: i64, at: Timestamp) -> QueryResult<()> {
    let over: Option<i64> = mails::table
        .find(mail)
        .filter(sql::<Bool>(OVER))
        .select(mails::id)
        .first(connection)
        .optional()?;
    withhold(connection, over.into_iter().collect(), at)
}

/// Forgets that these mails went to contacts; the mails go next.
pub(crate) fn forget(connection: &mut Connection, ids: &[i64]) -> QueryResult<()> {
    delete(contact_mails::table.filter(contact_mails::mail_id.eq_any(ids)))
        .execute(connection)
        .map(|_| ())
}
