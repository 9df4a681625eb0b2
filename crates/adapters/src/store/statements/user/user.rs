//! Hikers, their check-ins and their contacts.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _, delete, insert_into,
    update,
};
use thunderbird_domain::{
    account::AccountId,
    deadline::Kind,
    phone_number::PhoneNumber,
    port::{Commit, PortFuture, Revision},
    route::RouteId,
    time::Timestamp,
    user::{
        CheckInId, Contact, ContactId, ContactName, Position, SaveUser, SavedUser, StoredCheckIn, StoredUser,
        TrailName, Trouble, User, UserChange, UserId, UserStore,
    },
};

use super::{
    Abort, Connection, Key, Keys, Store, audit, check_in,
    column::{self, instant},
    contact_email, deadline, limit, outgoing, reach,
    schema::{contacts, opt_outs, phone_links, users},
};

const PORT: &str = "user store";

/// Hikers whose time on their number has not ended.
macro_rules! rows {
    () => {
        users::table.filter(users::ended_at.is_null()).select((
            users::id,
            users::phone,
            users::account_id,
            users::trail_name,
            users::route_id,
            users::position_code,
            users::position_at,
            users::started_at,
            users::shows_number,
            users::revision,
        ))
    };
}
impl UserStore for Store {
    fn by_phone(&self, phone: &PhoneNumber) -> PortFuture<'_, Option<StoredUser>> {
        let phone = phone.clone();
        self.read_here(PORT, move |connection| by_phone(connection, &phone))
    }

    fn by_account(&self, account: AccountId) -> PortFuture<'_, Option<StoredUser>> {
        self.read_here(PORT, move |connection| {
            let row: Option<Row> = rows!()
                .filter(users::account_id.eq(account.get()))
                .first(connection)
                .optional()?;
            row.map(|row| row.read(connection)).transpose()
        })
    }

    fn commit(&self, save: SaveUser) -> PortFuture<'_, Commit<SavedUser>> {
        let hiker = Key::Phone(save.change.state.phone.as_str());
        let keys = Keys::on(limit::keys(&save.counts).chain([hiker]));
        self.transact(PORT, keys, move |connection| {
            let Some((id, check_in)) = apply(connection, &save.change)? else {
                return Err(Abort::Undo(Commit::Stale));
            };
            if !limit::spend(connection, &save.counts, save.change.at)? {
                return Err(Abort::Undo(Commit::Stale));
            }
            for change in &save.deadlines {
                if !deadline::apply(connection, change, None, save.change.at)? {
                    return Err(Abort::Undo(Commit::Stale));
                }
            }
            outgoing::queue(connection, &save.outgoing, None, save.change.at)?;
            let subject = thunderbird_domain::audit::Subject::User(id);
            audit::append(connection, &save.audit, Some(subject))?;
            let row: Row = rows!().filter(users::id.eq(id.get())).first(connection)?;
            Ok(Commit::Stored(SavedUser {
                user: Box::new(row.read(connection)?),
                check_in,
            }))
        })
    }

    fn check_ins(
        &self,
        user: UserId,
        before: Option<CheckInId>,
        limit: u32,
    ) -> PortFuture<'_, Vec<StoredCheckIn>> {
        self.read_here(PORT, move |connection| {
            check_in::newest(connection, user, before, limit)
        })
    }
}

#[derive(Queryable)]
struct Row {
    id: i64,
    phone: String,
    account_id: Option<i64>,
    trail_name: String,
    route_id: String,
    position_code: Option<String>,
    position_at: Option<i64>,
    started_at: i64,
    shows_number: bool,
    revision: i64,
}

impl Row {
    fn read(self, connection: &mut Connection) -> QueryResult<StoredUser> {
        let Contacts {
            known: contacts,
            opted_out: opted_out_contacts,
            ready: ready_contacts,
            stopped_mails,
            troubles,
        } = contacts_of(connection, self.id)?;
        let position = self.position_code.zip(self.position_at);
        Ok(StoredUser {
            id: UserId::from_stored(self.id),
            revision: Revision::At(self.revision),
            user: User {
                phone: column::phone(&self.phone, "users.phone", self.id)?,
                trail_name: TrailName::from_stored(self.trail_name),
                route: RouteId::from_stored(self.route_id),
                position: position.map(|(code, at)| Position {
                    code,
                    at: instant(at),
                }),
                contacts,
                account: self.account_id.map(AccountId::from_stored),
                started_at: instant(self.started_at),
                shows_number: self.shows_number,
            },
            opted_out_contacts,
            ready_contacts,
            stopped_mails,
            deadline: deadline::newest_of(connection, self.id, Kind::Out)?,
            call: deadline::newest_of(connection, self.id, Kind::Call)?,
            troubles,
        })
    }
}

/// The live hiker of a number.
pub(crate) fn by_phone(connection: &mut Connection, phone: &PhoneNumber) -> QueryResult<Option<StoredUser>> {
    let row: Option<Row> = rows!()
        .filter(users::phone.eq(phone.as_str()))
        .first(connection)
        .optional()?;
    row.map(|row| row.read(connection)).transpose()
}

/// The hiker with this id, who may have left since the id was read.
pub(crate) fn by_id(connection: &mut Connection, id: UserId) -> QueryResult<Option<StoredUser>> {
    let row: Option<Row> = rows!()
        .filter(users::id.eq(id.get()))
        .first(connection)
        .optional()?;
    row.map(|row| row.read(connection)).transpose()
}

/// The account that a number is linked to now.
pub(crate) fn linked_account(
    connection: &mut Connection,
    phone: &PhoneNumber,
) -> QueryResult<Option<AccountId>> {
    let found: Option<i64> = phone_links::table
        .filter(phone_links::phone.eq(phone.as_str()))
        .filter(phone_links::ended_at.is_null())
        .select(phone_links::account_id)
        .first(connection)
        .optional()?;
    Ok(found.map(AccountId::from_stored))
}

/// A contact, what became of the last text to it, since when it is ready, and the opt-out of its number if one stands.
type ContactRow = (i64, String, String, i64, Option<String>, Option<i64>, Option<i64>);

/// Contacts, and what is known of their numbers.
#[derive(Default)]
struct Contacts {
    known: Vec<Contact>,
    opted_out: Vec<PhoneNumber>,
    ready: Vec<PhoneNumber>,
    stopped_mails: Vec<PhoneNumber>,
    troubles: Vec<(PhoneNumber, Trouble)>,
}

fn contacts_of(connection: &mut Connection, user: i64) -> QueryResult<Contacts> {
    let rows: Vec<ContactRow> = contacts::table
        .left_join(
            opt_outs::table.on(opt_outs::phone
                .eq(contacts::phone)
                .and(opt_outs::ended_at.is_null())),
        )
        .filter(contacts::user_id.eq(user))
        .order(contacts::id)
        .select((
            contacts::id,
            contacts::phone,
            contacts::name,
            contacts::created_at,
            contacts::trouble,
            contacts::ready_at,
            opt_outs::id.nullable(),
        ))
        .load(connection)?;
    let mut emails = contact_email::of_hiker(connection, user)?;
    let mut found = Contacts::default();
    for (id, raw, name, created_at, trouble, ready_at, opt_out) in rows {
        let phone = column::phone(&raw, "contacts.phone", id)?;
        if opt_out.is_some() {
            found.opted_out.push(phone.clone());
        }
        if ready_at.is_some() {
            found.ready.push(phone.clone());
        }
        if let Some(trouble) = reach::trouble(trouble.as_deref(), id)? {
            found.troubles.push((phone.clone(), trouble));
        }
        let email = emails.remove(&id);
        if email.as_ref().is_some_and(|(_, stopped)| *stopped) {
            found.stopped_mails.push(phone.clone());
        }
        found.known.push(Contact {
            id: Some(ContactId::from_stored(id)),
            phone,
            name: ContactName::from_stored(name),
            created_at: instant(created_at),
            email: email.map(|(email, _)| email),
        });
    }
    Ok(found)
}

/// Stores a hiker's new state; `None` when another writer was first.
pub(crate) fn apply(
    connection: &mut Connection,
    change: &UserChange,
) -> QueryResult<Option<(UserId, Option<CheckInId>)>> {
    let id = match change.replaces {
        Revision::Absent => begin(connection, change)?,
        Revision::At(revision) => replace(connection, change, revision)?,
    };
    let Some(id) = id else { return Ok(None) };
    sync_contacts(connection, id, &change.state.contacts)?;
    contact_email::keep(connection, id, &change.state.contacts, change.at)?;
    if let Some(taken_back) = &change.taken_back
        && !check_in::take_back(connection, id, taken_back, change.at)?
    {
        return Ok(None);
    }
    let check_in = change
        .check_in
        .as_ref()
        .map(|made| check_in::add(connection, id, made))
        .transpose()?;
    Ok(Some((UserId::from_stored(id), check_in)))
}

fn begin(connection: &mut Connection, change: &UserChange) -> QueryResult<Option<i64>> {
    let user = &change.state;
    if linked_account(connection, &user.phone)? != user.account {
        return Ok(None);
    }
    let position = user.position.as_ref();
    let account = user.account.map(AccountId::get);
    let row = (
        users::tag.eq(change.tag.as_bytes().as_slice()),
        users::phone.eq(user.phone.as_str()),
        users::account_id.eq(account),
        users::last_account_id.eq(account),
        users::trail_name.eq(user.trail_name.as_str()),
        users::route_id.eq(user.route.as_str()),
        users::position_code.eq(position.map(|position| position.code.as_str())),
        users::position_at.eq(position.map(|position| position.at.as_micros())),
        users::started_at.eq(user.started_at.as_micros()),
        users::shows_number.eq(user.shows_number),
        users::created_at.eq(change.at.as_micros()),
        users::updated_at.eq(change.at.as_micros()),
        users::revision.eq(change.replaces.next()),
    );
    let inserted = insert_into(users::table)
        .values(row)
        .returning(users::id)
        .get_result(connection);
    match inserted {
        Err(error) if column::is_unique_violation(&error) => Ok(None),
        other => other.map(Some),
    }
}

fn replace(connection: &mut Connection, change: &UserChange, revision: i64) -> QueryResult<Option<i64>> {
    let user = &change.state;
    let position = user.position.as_ref();
    let live = users::table
        .filter(users::phone.eq(user.phone.as_str()))
        .filter(users::ended_at.is_null())
        .filter(users::revision.eq(revision));
    update(live)
        .set((
            users::trail_name.eq(user.trail_name.as_str()),
            users::route_id.eq(user.route.as_str()),
            users::position_code.eq(position.map(|position| position.code.as_str())),
            users::position_at.eq(position.map(|position| position.at.as_micros())),
            users::shows_number.eq(user.shows_number),
            users::updated_at.eq(change.at.as_micros()),
            users::revision.eq(change.replaces.next()),
        ))
        .returning(users::id)
        .get_result(connection)
        .optional()
}

fn sync_contacts(connection: &mut Connection, user: i64, wanted: &[Contact]) -> QueryResult<()> {
    let stored: Vec<(i64, String, String, i64)> = contacts::table
        .filter(contacts::user_id.eq(user))
        .select((
            contacts::id,
            contacts::phone,
            contacts::name,
            contacts::created_at,
        ))
        .load(connection)?;
    for (id, phone, ..) in &stored {
        if !wanted.iter().any(|contact| contact.phone.as_str() == phone) {
            contact_email::remove(connection, *id)?;
            delete(contacts::table.filter(contacts::id.eq(id))).execute(connection)?;
            outgoing::withhold_untried(connection, UserId::from_stored(user), phone)?;
        }
    }
    for contact in wanted {
        if let Some((id, _, name, since)) = stored
            .iter()
            .find(|(_, phone, ..)| contact.phone.as_str() == phone)
        {
            let row = contacts::table.filter(contacts::id.eq(id));
            if contact.name.as_str() != name {
                update(row)
                    .set(contacts::name.eq(contact.name.as_str()))
                    .execute(connection)?;
            }
            if contact.created_at.as_micros() != *since {
                begin_again(connection, *id, contact.created_at)?;
            }
        } else {
            let row = (
                contacts::user_id.eq(user),
                contacts::phone.eq(contact.phone.as_str()),
                contacts::name.eq(contact.name.as_str()),
                contacts::created_at.eq(contact.created_at.as_micros()),
            );
            insert_into(contacts::table).values(row).execute(connection)?;
        }
    }
    Ok(())
}

/// A contact who was added again: texts from before say nothing about the number any more.
fn begin_again(connection: &mut Connection, contact: i64, at: Timestamp) -> QueryResult<()> {
    update(contacts::table.find(contact))
        .set((
            contacts::created_at.eq(at.as_micros()),
            contacts::trouble.eq(None::<&str>),
            contacts::heard_text.eq(None::<i64>),
        ))
        .execute(connection)
        .map(|_| ())
}
