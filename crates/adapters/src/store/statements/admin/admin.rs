//! Administrators and the console's sessions.

use std::slice;

use diesel::{
    ExpressionMethods as _, Insertable, JoinOnDsl as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _, delete, insert_into, update,
};
use thunderbird_domain::{
    account::password::PasswordHash,
    admin::{
        Admin, AdminCommit, AdminId, AdminName, AdminSession, AdminSessions, AdminStore, Begun, NewAdmin,
        NewAdminSession, Role, Totp,
    },
    audit::{AuditEvent, Subject},
    limit::Verdict,
    port::{Commit, PortFuture, Revision},
    secret::{Sealed, TokenDigest},
    time::Timestamp,
};

use super::{
    Abort, Connection, Key, Keys, Store, Unkeyed, audit,
    column::{self, corrupt},
    limit,
    schema::{admin_recovery_codes, admin_sessions, admins},
};

const PORT: &str = "admin store";
const SESSIONS: &str = "admin sessions";

#[derive(Queryable, Selectable)]
#[diesel(table_name = admins)]
struct AdminRow {
    id: i64,
    tag: Vec<u8>,
    name: String,
    role: String,
    password_hash: String,
    totp_sealed: Option<Vec<u8>>,
    totp_key: Option<String>,
    totp_last_step: Option<i64>,
    disabled_at: Option<i64>,
    created_at: i64,
    revision: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = admin_sessions)]
struct SessionRow {
    admin_id: i64,
    digest: Vec<u8>,
    complete: bool,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
}

impl TryFrom<AdminRow> for Admin {
    type Error = diesel::result::Error;

    fn try_from(row: AdminRow) -> QueryResult<Self> {
        let totp = match (row.totp_sealed, row.totp_key, row.totp_last_step) {
            (Some(bytes), Some(key_id), Some(last_step)) => Some(Totp {
                secret: Sealed { key_id, bytes },
                last_step,
            }),
            _ => None,
        };
        Ok(Self {
            id: AdminId::from_stored(row.id),
            tag: column::tag(&row.tag, "admins.tag", row.id)?,
            name: AdminName::parse(&row.name).map_err(|_| corrupt("admins.name", row.id))?,
            role: Role::parse(&row.role).ok_or_else(|| corrupt("admins.role", row.id))?,
            password: PasswordHash::from_stored(row.password_hash),
            totp,
            disabled_at: column::optional_instant(row.disabled_at),
            created_at: column::instant(row.created_at),
            revision: Revision::At(row.revision),
        })
    }
}

impl AdminStore for Store {
    fn by_name(&self, name: &AdminName) -> PortFuture<'_, Option<Admin>> {
        let name = name.as_str().to_owned();
        self.read_here(PORT, move |connection| {
            let row: Option<AdminRow> = admins::table
                .filter(admins::name.eq(name))
                .select(AdminRow::as_select())
                .first(connection)
                .optional()?;
            row.map(Admin::try_from).transpose()
        })
    }

    fn by_id(&self, id: AdminId) -> PortFuture<'_, Option<Admin>> {
        self.read_here(PORT, move |connection| find(connection, id))
    }

    fn list(&self) -> PortFuture<'_, Vec<Admin>> {
        self.read(PORT, |connection| {
            let rows: Vec<AdminRow> = admins::table
                .order(admins::name)
                .select(AdminRow::as_select())
                .load(connection)?;
            rows.into_iter().map(Admin::try_from).collect()
        })
    }

    fn create(&self, new: NewAdmin) -> PortFuture<'_, Commit<AdminId>> {
        self.transact(PORT, Keys::none(Unkeyed::UniqueIndex), move |connection| {
            let inserted: Result<i64, _> = insert_into(admins::table)
                .values((
                    admins::tag.eq(new.tag.as_bytes().as_slice()),
                    admins::name.eq(new.name.as_str()),
                    admins::role.eq(new.role.as_str()),
                    admins::password_hash.eq(new.password.as_str()),
                    admins::created_at.eq(new.created_at.as_micros()),
                    admins::updated_at.eq(new.created_at.as_micros()),
                    admins::revision.eq(Revision::Absent.next()),
                ))
                .returning(admins::id)
                .get_result(connection);
            match inserted {
                Err(error) if column::is_unique_violation(&error) => Err(Abort::Undo(Commit::Stale)),
                Err(error) => Err(error.into()),
                Ok(id) => {
                    let id = AdminId::from_stored(id);
                    audit::append(connection, slice::from_ref(&new.audit), Some(Subject::Admin(id)))?;
                    Ok(Commit::Stored(id))
                }
            }
        })
    }

    fn has_recovery_code(&self, id: AdminId, digest: TokenDigest) -> PortFuture<'_, bool> {
        self.read_here(PORT, move |connection| {
            let unused = admin_recovery_codes::table
                .filter(admin_recovery_codes::admin_id.eq(id.get()))
                .filter(admin_recovery_codes::digest.eq(digest.as_bytes().as_slice()))
                .filter(admin_recovery_codes::used_at.is_null());
            diesel::select(diesel::dsl::exists(unused)).get_result(connection)
        })
    }

    fn commit(&self, commit: AdminCommit) -> PortFuture<'_, Commit> {
        let keys = Keys::on(keys_of(&commit));
        self.transact(PORT, keys, move |connection| {
            if !apply(connection, &commit)? {
                return Err(Abort::Undo(Commit::Stale));
            }
            Ok(Commit::Stored(()))
        })
    }
}

/// What a change to an administrator reads and writes.
fn keys_of(commit: &AdminCommit) -> impl Iterator<Item = Key<'_>> {
    let admin = Key::Admin(commit.change.state.id);
    commit.clears.iter().map(Key::Limit).chain([admin])
}

/// Stores the change and all that belongs to it. False when it is stale: the caller must undo what was written.
fn apply(connection: &mut Connection, commit: &AdminCommit) -> QueryResult<bool> {
    if !replace(connection, commit)? || !spend(connection, commit)? {
        return Ok(false);
    }
    let id = commit.change.state.id;
    if let Some(codes) = &commit.recovery {
        give_out(connection, id, codes)?;
    }
    if commit.ends_sessions {
        let live = admin_sessions::table
            .filter(admin_sessions::admin_id.eq(id.get()))
            .filter(admin_sessions::ended_at.is_null());
        update(live)
            .set(admin_sessions::ended_at.eq(commit.at.as_micros()))
            .execute(connection)?;
    }
    for key in &commit.clears {
        limit::clear(connection, key)?;
    }
    audit::append(connection, &commit.audit, Some(Subject::Admin(id)))?;
    Ok(true)
}

fn find(connection: &mut Connection, id: AdminId) -> QueryResult<Option<Admin>> {
    let row: Option<AdminRow> = admins::table
        .find(id.get())
        .select(AdminRow::as_select())
        .first(connection)
        .optional()?;
    row.map(Admin::try_from).transpose()
}

/// Compares and swaps. False when another writer was first.
fn replace(connection: &mut Connection, commit: &AdminCommit) -> QueryResult<bool> {
    let Revision::At(revision) = commit.change.replaces else {
        return Ok(false);
    };
    let state = &commit.change.state;
    let totp = state.totp.as_ref();
    let held = admins::table
        .filter(admins::id.eq(state.id.get()))
        .filter(admins::revision.eq(revision));
    let rows = update(held)
        .set((
            admins::role.eq(state.role.as_str()),
            admins::password_hash.eq(state.password.as_str()),
            admins::totp_sealed.eq(totp.map(|totp| totp.secret.bytes.as_slice())),
            admins::totp_key.eq(totp.map(|totp| totp.secret.key_id.as_str())),
            admins::totp_last_step.eq(totp.map(|totp| totp.last_step)),
            admins::disabled_at.eq(state.disabled_at.map(Timestamp::as_micros)),
            admins::revision.eq(commit.change.replaces.next()),
        ))
        .execute(connection)?;
    Ok(rows == 1)
}

/// Uses the recovery code up. False when it was used before.
fn spend(connection: &mut Connection, commit: &AdminCommit) -> QueryResult<bool> {
    let Some(digest) = commit.spends else {
        return Ok(true);
    };
    let unused = admin_recovery_codes::table
        .filter(admin_recovery_codes::admin_id.eq(commit.change.state.id.get()))
        .filter(admin_recovery_codes::digest.eq(digest.as_bytes().as_slice()))
        .filter(admin_recovery_codes::used_at.is_null());
    let rows = update(unused)
        .set(admin_recovery_codes::used_at.eq(commit.at.as_micros()))
        .execute(connection)?;
    Ok(rows == 1)
}

fn give_out(connection: &mut Connection, id: AdminId, codes: &[TokenDigest]) -> QueryResult<()> {
    delete(admin_recovery_codes::table.filter(admin_recovery_codes::admin_id.eq(id.get())))
        .execute(connection)?;
    for code in codes {
        insert_into(admin_recovery_codes::table)
            .values((
                admin_recovery_codes::admin_id.eq(id.get()),
                admin_recovery_codes::digest.eq(code.as_bytes().as_slice()),
            ))
            .execute(connection)?;
    }
    Ok(())
}

impl AdminSessions for Store {
    fn begin(&self, new: NewAdminSession) -> PortFuture<'_, Begun> {
        let change = new.spends.iter().flat_map(keys_of);
        let clears = new.clears.iter().map(Key::Limit);
        let keys = Keys::on(limit::keys(&new.limits).chain(change).chain(clears));
        self.transact(SESSIONS, keys, move |connection| {
            limit::give_back(connection, &new.limits, new.counted_at)?;
            let verdict = limit::judge(connection, &new.limits, new.session.created_at)?;
            if let Verdict::Refused { retry_after } = verdict {
                return Err(Abort::Undo(Begun::Throttled { retry_after }));
            }
            if let Some(change) = &new.spends
                && !apply(connection, change)?
            {
                return Err(Abort::Undo(Begun::Stale));
            }
            if let Some(counter) = &new.clears {
                limit::clear(connection, counter)?;
            }
            if let Some(replaced) = new.replaces {
                end_now(connection, replaced, new.session.created_at)?;
            }
            let row = SessionRow {
                admin_id: new.session.admin.get(),
                digest: new.session.digest.as_bytes().to_vec(),
                complete: new.session.complete,
                created_at: new.session.created_at.as_micros(),
                last_seen_at: new.session.last_seen_at.as_micros(),
                expires_at: new.session.expires_at.as_micros(),
            };
            insert_into(admin_sessions::table)
                .values(row)
                .execute(connection)?;
            audit::append(connection, slice::from_ref(&new.audit), None)?;
            Ok(Begun::Stored)
        })
    }

    fn by_digest(&self, digest: TokenDigest) -> PortFuture<'_, Option<(AdminSession, Admin)>> {
        self.read_here(SESSIONS, move |connection| {
            let found: Option<(SessionRow, AdminRow)> = admin_sessions::table
                .inner_join(admins::table.on(admins::id.eq(admin_sessions::admin_id)))
                .filter(admin_sessions::digest.eq(digest.as_bytes().as_slice()))
                .filter(admin_sessions::ended_at.is_null())
                .select((SessionRow::as_select(), AdminRow::as_select()))
                .first(connection)
                .optional()?;
            let Some((row, admin)) = found else {
                return Ok(None);
            };
            let session = AdminSession {
                digest,
                admin: AdminId::from_stored(row.admin_id),
                complete: row.complete,
                created_at: column::instant(row.created_at),
                last_seen_at: column::instant(row.last_seen_at),
                expires_at: column::instant(row.expires_at),
            };
            Ok(Some((session, admin.try_into()?)))
        })
    }

    fn seen(&self, digest: TokenDigest, at: Timestamp) -> PortFuture<'_, ()> {
        self.transact(SESSIONS, Keys::none(Unkeyed::OneStatement), move |connection| {
            let live = admin_sessions::table
                .filter(admin_sessions::digest.eq(digest.as_bytes().as_slice()))
                .filter(admin_sessions::ended_at.is_null());
            update(live)
                .set(admin_sessions::last_seen_at.eq(at.as_micros()))
                .execute(connection)?;
            Ok(())
        })
    }

    fn end(&self, digest: TokenDigest, audit: AuditEvent) -> PortFuture<'_, ()> {
        self.transact(SESSIONS, Keys::none(Unkeyed::OneStatement), move |connection| {
            end_now(connection, digest, audit.at)?;
            Ok(audit::append(connection, slice::from_ref(&audit), None)?)
        })
    }
}

fn end_now(connection: &mut Connection, digest: TokenDigest, at: Timestamp) -> QueryResult<()> {
    let live = admin_sessions::table
        .filter(admin_sessions::digest.eq(digest.as_bytes().as_slice()))
        .filter(admin_sessions::ended_at.is_null());
    update(live)
        .set(admin_sessions::ended_at.eq(at.as_micros()))
        .execute(connection)?;
    Ok(())
}
