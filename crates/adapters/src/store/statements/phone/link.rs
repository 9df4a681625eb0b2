//! Links, and what they do to hikers.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _, insert_into, update,
};
use thunderbird_domain::{
    account::AccountId,
    phone::{
        LinkAccount, LinkEnd, LinkId, LinkPlan, LinkView, LinkedUser, LiveLink, PhoneChange, PhoneCommit,
        Proof, Seen, UserEffect,
    },
    phone_number::PhoneNumber,
    time::Timestamp,
    user::UserId,
};

use super::super::{
    Connection, column, outgoing,
    schema::{accounts, phone_codes, phone_links, users},
};
use super::{code, standing};

type LinkRow = (i64, String, i64, String);

/// The number that is linked to an account.
pub(super) fn linked(connection: &mut Connection, account: AccountId) -> QueryResult<Option<PhoneNumber>> {
    let found: Option<(i64, String)> = phone_links::table
        .filter(phone_links::account_id.eq(account.get()))
        .filter(phone_links::ended_at.is_null())
        .select((phone_links::id, phone_links::phone))
        .first(connection)
        .optional()?;
    found
        .map(|(id, phone)| column::phone(&phone, "phone_links.phone", id))
        .transpose()
}

/// What a decision about an account and a number needs.
pub(super) fn view(
    connection: &mut Connection,
    account: AccountId,
    phone: &PhoneNumber,
) -> QueryResult<Option<LinkView>> {
    let found: Option<(String, Option<i64>)> = accounts::table
        .find(account.get())
        .select((accounts::email, accounts::disabled_at))
        .first(connection)
        .optional()?;
    let Some((email, disabled_at)) = found else {
        return Ok(None);
    };
    let live: Vec<LinkRow> = phone_links::table
        .inner_join(accounts::table)
        .filter(phone_links::ended_at.is_null())
        .filter(
            phone_links::phone
                .eq(phone.as_str())
                .or(phone_links::account_id.eq(account.get())),
        )
        .select((
            phone_links::id,
            phone_links::phone,
            phone_links::account_id,
            accounts::email,
        ))
        .load(connection)?;
    let live = live.into_iter().map(read).collect::<QueryResult<Vec<_>>>()?;
    Ok(Some(LinkView {
        account: LinkAccount {
            id: account,
            email: column::email(&email, "accounts.email", account.get())?,
        },
        disabled: disabled_at.is_some(),
        phone: phone.clone(),
        holder: live.iter().find(|link| link.phone == *phone).cloned(),
        own: live.iter().find(|link| link.account.id == account).cloned(),
        user: user(connection, phone)?,
    }))
}

fn read((id, phone, account, email): LinkRow) -> QueryResult<LiveLink> {
    Ok(LiveLink {
        id: LinkId::from_stored(id),
        phone: column::phone(&phone, "phone_links.phone", id)?,
        account: LinkAccount {
            id: AccountId::from_stored(account),
            email: column::email(&email, "accounts.email", account)?,
        },
    })
}

fn user(connection: &mut Connection, phone: &PhoneNumber) -> QueryResult<Option<LinkedUser>> {
    let found: Option<(i64, Option<i64>, Option<i64>)> = users::table
        .filter(users::phone.eq(phone.as_str()))
        .filter(users::ended_at.is_null())
        .select((users::id, users::account_id, users::last_account_id))
        .first(connection)
        .optional()?;
    Ok(found.map(|(id, now, last)| LinkedUser {
        id: UserId::from_stored(id),
        belongs_to: now.or(last).map(AccountId::from_stored),
    }))
}

/// Carries a plan out. Unless it answers [`PhoneCommit::Stored`], the caller must undo whatever was written.
pub(super) fn apply(
    connection: &mut Connection,
    change: &PhoneChange,
    plan: &LinkPlan,
) -> QueryResult<PhoneCommit> {
    if !stands(connection, &change.phone, (plan.seen, plan.begins))? {
        return Ok(PhoneCommit::Stale);
    }
    if let Some(proof) = plan.proof
        && !use_proof(connection, proof, change.at)?
    {
        return Ok(PhoneCommit::ProofOver);
    }
    for end in &plan.ends {
        if !end_link(connection, *end, change.at)? {
            return Ok(PhoneCommit::Stale);
        }
    }
    if plan.begins {
        begin(connection, plan.seen.account, change)?;
    }
    if let Some(effect) = plan.user {
        affect(connection, plan.seen.account, (effect, change.at))?;
    }
    Ok(PhoneCommit::Stored)
}

/// Whether everything is still as it was seen.
fn stands(
    connection: &mut Connection,
    phone: &PhoneNumber,
    (seen, begins): (Seen, bool),
) -> QueryResult<bool> {
    let Some(view) = view(connection, seen.account, phone)? else {
        return Ok(false);
    };
    let now = Seen {
        account: view.account.id,
        holder: view.holder.map(|link| link.id),
        own: view.own.map(|link| link.id),
        user: view.user.map(|user| user.id),
    };
    Ok(now == seen && !(begins && view.disabled))
}

fn use_proof(connection: &mut Connection, proof: Proof, at: Timestamp) -> QueryResult<bool> {
    match proof {
        Proof::Words(tag) => standing::use_words(connection, tag, at),
        Proof::Code(tag) => {
            let open = phone_codes::table
                .filter(phone_codes::tag.eq(tag.as_bytes().as_slice()))
                .filter(phone_codes::ended_at.is_null())
                .filter(phone_codes::expires_at.gt(at.as_micros()));
            Ok(update(open).set(code::ended(at, "used")).execute(connection)? == 1)
        }
    }
}

/// Ends a link and detaches the number's hiker from its account; false if the link has gone with its account, whose
/// deletion holds another key.
fn end_link(connection: &mut Connection, end: LinkEnd, at: Timestamp) -> QueryResult<bool> {
    update(phone_links::table.find(end.link.get()))
        .set((
            phone_links::ended_at.eq(at.as_micros()),
            phone_links::end_reason.eq(end.reason.as_str()),
        ))
        .execute(connection)?;
    let ended: Option<(String, i64)> = phone_links::table
        .find(end.link.get())
        .select((phone_links::phone, phone_links::account_id))
        .first(connection)
        .optional()?;
    let Some((phone, account)) = ended else {
        return Ok(false);
    };
    let hiker = users::table
        .filter(users::phone.eq(phone))
        .filter(users::ended_at.is_null())
        .filter(users::account_id.eq(account));
    update(hiker)
        .set((
            users::account_id.eq(None::<i64>),
            users::last_account_id.eq(account),
            users::updated_at.eq(at.as_micros()),
            users::revision.eq(users::revision + 1),
        ))
        .execute(connection)?;
    Ok(true)
}

/// Begins a link; everything else in flight for the number ends.
fn begin(connection: &mut Connection, account: AccountId, change: &PhoneChange) -> QueryResult<()> {
    insert_into(phone_links::table)
        .values((
            phone_links::account_id.eq(account.get()),
            phone_links::phone.eq(change.phone.as_str()),
            phone_links::started_at.eq(change.at.as_micros()),
        ))
        .execute(connection)?;
    let codes = phone_codes::table
        .filter(phone_codes::phone.eq(change.phone.as_str()))
        .filter(phone_codes::ended_at.is_null());
    update(codes)
        .set(code::ended(change.at, "superseded"))
        .execute(connection)?;
    standing::end_pending(connection, &change.phone, (change.at, "superseded"))
}

fn affect(
    connection: &mut Connection,
    account: AccountId,
    (effect, at): (UserEffect, Timestamp),
) -> QueryResult<()> {
    let bump = (
        users::updated_at.eq(at.as_micros()),
        users::revision.eq(users::revision + 1),
    );
    match effect {
        UserEffect::Join(user) => update(users::table.find(user.get()))
            .set((
                users::account_id.eq(account.get()),
                users::last_account_id.eq(account.get()),
                bump,
            ))
            .execute(connection)?,
        UserEffect::End(user) => {
            outgoing::withhold_queued(connection, user, at)?;
            update(users::table.find(user.get()))
                .set((
                    users::account_id.eq(None::<i64>),
                    users::ended_at.eq(at.as_micros()),
                    users::end_reason.eq("number_transferred"),
                    bump,
                ))
                .execute(connection)?
        }
    };
    Ok(())
}
