//! Deleting an account, child rows first.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _, delete as remove, update,
};
use thunderbird_domain::{port::Revision, privacy::Deletion};

use super::super::{
    Connection, Held, audit, dialect, limit,
    schema::{
        accounts, email_challenges, idempotency_keys, known_devices, mails, password_resets, pending_actions,
        phone_codes, phone_links, phone_word_sets, refresh_tokens, sessions, users,
    },
};

/// Deletes an account. False when it is not at the revision that was verified.
pub(super) fn delete(connection: &mut Connection, deletion: &Deletion) -> QueryResult<bool> {
    let id = deletion.account.get();
    let Revision::At(held) = deletion.replaces else {
        return Ok(false);
    };
    let verified = accounts::id.eq(id).and(accounts::revision.eq(held));
    let found: Option<i64> = accounts::table
        .filter(verified)
        .select(accounts::id)
        .first(connection)
        .optional()?;
    if found.is_none() {
        return Ok(false);
    }
    for session in sessions::table
        .filter(sessions::account_id.eq(id))
        .select(sessions::id)
        .load::<i64>(connection)?
    {
        remove(refresh_tokens::table.filter(refresh_tokens::session_id.eq(session))).execute(connection)?;
    }
    remove(sessions::table.filter(sessions::account_id.eq(id))).execute(connection)?;
    remove(known_devices::table.filter(known_devices::account_id.eq(id))).execute(connection)?;
    remove(password_resets::table.filter(password_resets::account_id.eq(id))).execute(connection)?;
    remove(email_challenges::table.filter(email_challenges::account_id.eq(id))).execute(connection)?;
    dialect::hold(connection, Held::MailsOf(id))?;
    remove(mails::table.filter(mails::account_id.eq(id))).execute(connection)?;
    remove(pending_actions::table.filter(pending_actions::account_id.eq(id))).execute(connection)?;
    remove(phone_word_sets::table.filter(phone_word_sets::account_id.eq(id))).execute(connection)?;
    remove(phone_codes::table.filter(phone_codes::account_id.eq(id))).execute(connection)?;
    remove(phone_links::table.filter(phone_links::account_id.eq(id))).execute(connection)?;
    remove(idempotency_keys::table.filter(idempotency_keys::owner.eq(format!("account:{id}"))))
        .execute(connection)?;
    free_hikers(connection, deletion)?;
    remove(accounts::table.find(id)).execute(connection)?;
    dialect::forget_adopted_account(connection, id)?;
    for key in &deletion.clears {
        limit::clear(connection, key)?;
    }
    audit::append(connection, &deletion.audit, None)?;
    Ok(true)
}

/// The hiker keeps texting, linked to no account; the next account to prove the number starts a new row.
fn free_hikers(connection: &mut Connection, deletion: &Deletion) -> QueryResult<()> {
    update(users::table.filter(users::account_id.eq(deletion.account.get())))
        .set((
            users::account_id.eq(None::<i64>),
            users::last_account_id.eq(deletion.account.get()),
            users::updated_at.eq(deletion.at.as_micros()),
            users::revision.eq(users::revision + 1),
        ))
        .execute(connection)
        .map(|_| ())
}
