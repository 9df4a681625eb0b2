//! The e-mail addresses of contacts.

use std::collections::HashMap;

use diesel::{
    ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete, dsl::sql, insert_into,
    sql_types::Bool,
};
use thunderbird_domain::{email::Email, time::Timestamp, user::Contact};

use super::{
    Connection, column,
    schema::{contact_emails, contacts},
};

/// Whether the owner of the address has stopped our mails.
const STOPPED: &str = "EXISTS (SELECT 1 FROM stopped_mails s WHERE s.email = contact_emails.email)";

/// The addresses of a hiker's contacts by the contacts' ids, each with whether its owner has stopped our mails. One that
/// cannot be read counts as none: it must not keep the contact from being texted.
pub(crate) fn of_hiker(connection: &mut Connection, user: i64) -> QueryResult<HashMap<i64, (Email, bool)>> {
    let rows: Vec<(i64, String, bool)> = contact_emails::table
        .inner_join(contacts::table)
        .filter(contacts::user_id.eq(user))
        .select((
            contact_emails::contact_id,
            contact_emails::email,
            sql::<Bool>(STOPPED),
        ))
        .load(connection)?;
    let readable = rows.into_iter().filter_map(|(contact, raw, stopped)| {
        let email = column::email(&raw, "contact_emails.email", contact);
        let email = email.inspect_err(|error| {
            tracing::error!(event = "contact.email_unreadable", contact, %error, "a contact's address cannot be read");
        });
        Some((contact, (email.ok()?, stopped)))
    });
    Ok(readable.collect())
}

/// Stores the addresses of these contacts where they differ from what can be read.
pub(crate) fn keep(
    connection: &mut Connection,
    user: i64,
    wanted: &[Contact],
    at: Timestamp,
) -> QueryResult<()> {
    let stored = of_hiker(connection, user)?;
    if stored.is_empty() && wanted.iter().all(|contact| contact.email.is_none()) {
        return Ok(());
    }
    let ids: Vec<(i64, String)> = contacts::table
        .filter(contacts::user_id.eq(user))
        .select((contacts::id, contacts::phone))
        .load(connection)?;
    for (id, phone) in ids {
        let Some(contact) = wanted.iter().find(|contact| contact.phone.as_str() == phone) else {
            continue;
        };
        let known = stored.get(&id).map(|(email, _)| email);
        match &contact.email {
            email if email.as_ref() == known => {}
            None => remove(connection, id)?,
            Some(email) => {
                let row = (
                    contact_emails::email.eq(email.as_str()),
                    contact_emails::set_at.eq(at.as_micros()),
                );
                insert_into(contact_emails::table)
                    .values((contact_emails::contact_id.eq(id), row))
                    .on_conflict(contact_emails::contact_id)
                    .do_update()
                    .set(row)
                    .execute(connection)?;
            }
        }
    }
    Ok(())
}

/// Takes the address of a contact away.
pub(crate) fn remove(connection: &mut Connection, contact: i64) -> QueryResult<()> {
    delete(contact_emails::table.find(contact))
        .execute(connection)
        .map(|_| ())
}

/// Takes the addresses of all contacts of a hiker away, whose time on the number has ended.
pub(crate) fn remove_all(connection: &mut Connection, user: i64) -> QueryResult<()> {
    let own = contacts::table
        .filter(contacts::user_id.eq(user))
        .select(contacts::id);
    delete(contact_emails::table.filter(contact_emails::contact_id.eq_any(own)))
        .execute(connection)
        .map(|_| ())
}
