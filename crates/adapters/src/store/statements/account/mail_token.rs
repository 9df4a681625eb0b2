//! Mailed tokens: one table for each purpose, alike but for their names.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _, insert_into, update,
};
use thunderbird_domain::{
    account::{AccountId, MailPurpose, MailToken, MailTokenIssue, MailTokenRequest, MailTokenStore},
    limit::Verdict,
    port::{Commit, PortFuture},
    secret::TokenDigest,
    time::Timestamp,
};

use super::{
    Connection, Key, Keys, Store, audit,
    column::{self, instant},
    existence, limit, outgoing,
    schema::{email_challenges, password_resets},
};

const PORT: &str = "mail token store";

impl MailTokenStore for Store {
    fn issue(&self, issue: MailTokenIssue) -> PortFuture<'_, Commit> {
        let keys = Keys::on(outgoing::keys(&issue.outgoing).chain([Key::Account(issue.token.account)]));
        self.transact(PORT, keys, move |connection| Ok(keep(connection, &issue)?))
    }

    fn request(&self, request: MailTokenRequest) -> PortFuture<'_, Verdict> {
        let issued = request.issue.iter().flat_map(|issue| {
            let account = Key::Account(issue.token.account);
            outgoing::keys(&issue.outgoing).chain([account])
        });
        let keys = Keys::on(limit::keys(&request.limits).chain(issued));
        self.transact(PORT, keys, move |connection| {
            let verdict = limit::judge(connection, &request.limits, request.at)?;
            if verdict != Verdict::Allowed {
                return Ok(verdict);
            }
            limit::count(connection, &request.limits, request.at)?;
            audit::append(connection, &request.audit, None)?;
            if let Some(issue) = &request.issue {
                let _ = keep(connection, issue)?;
            }
            Ok(verdict)
        })
    }

    fn find(&self, purpose: MailPurpose, digest: TokenDigest) -> PortFuture<'_, Option<MailToken>> {
        self.read_here(PORT, move |connection| find(connection, purpose, digest))
    }
}

/// Nothing is written if the account is gone.
fn keep(connection: &mut Connection, issue: &MailTokenIssue) -> QueryResult<Commit> {
    let token = &issue.token;
    if !existence::is_there(connection, token.account)? {
        return Ok(Commit::Stale);
    }
    void(connection, token.purpose, token.account, token.created_at)?;
    insert(connection, token)?;
    outgoing::queue(connection, &issue.outgoing, None, token.created_at)?;
    audit::append(connection, &issue.audit, None)?;
    Ok(Commit::Stored(()))
}

/// Runs `$body` with `$table` standing for the purpose's table.
macro_rules! on_table {
    ($purpose:expr, $table:ident => $body:expr) => {
        match $purpose {
            MailPurpose::ResetPassword => {
                use password_resets as $table;
                $body
            }
            MailPurpose::VerifyEmail => {
                use email_challenges as $table;
                $body
            }
        }
    };
}

fn insert(connection: &mut Connection, token: &MailToken) -> QueryResult<()> {
    on_table!(token.purpose, tokens => insert_into(tokens::table)
        .values((
            tokens::account_id.eq(token.account.get()),
            tokens::email.eq(token.email.as_str()),
            tokens::digest.eq(token.digest.as_bytes().as_slice()),
            tokens::created_at.eq(token.created_at.as_micros()),
            tokens::expires_at.eq(token.expires_at.as_micros()),
        ))
        .execute(connection)
        .map(|_| ()))
}

fn find(
    connection: &mut Connection,
    purpose: MailPurpose,
    digest: TokenDigest,
) -> QueryResult<Option<MailToken>> {
    let row: Option<(i64, i64, String, i64, i64)> = on_table!(purpose, tokens => tokens::table
        .filter(tokens::digest.eq(digest.as_bytes().as_slice()).and(tokens::ended_at.is_null()))
        .select((tokens::id, tokens::account_id, tokens::email, tokens::created_at, tokens::expires_at))
        .first(connection)
        .optional()?);
    let Some((id, account, email, created_at, expires_at)) = row else {
        return Ok(None);
    };
    Ok(Some(MailToken {
        purpose,
        account: AccountId::from_stored(account),
        email: column::email(&email, "a mailed token's email", id)?,
        digest,
        created_at: instant(created_at),
        expires_at: instant(expires_at),
    }))
}

/// Spends a token. False when it was spent or replaced before.
pub(crate) fn spend(
    connection: &mut Connection,
    (purpose, digest): (MailPurpose, TokenDigest),
    at: Timestamp,
) -> QueryResult<bool> {
    on_table!(purpose, tokens => {
        let open = tokens::digest.eq(digest.as_bytes().as_slice()).and(tokens::ended_at.is_null());
        update(tokens::table.filter(open))
            .set(tokens::ended_at.eq(at.as_micros()))
            .execute(connection)
            .map(|spent| spent == 1)
    })
}

/// Ends every open token of an account's purpose.
pub(crate) fn void(
    connection: &mut Connection,
    purpose: MailPurpose,
    account: AccountId,
    at: Timestamp,
) -> QueryResult<()> {
    on_table!(purpose, tokens => {
        let open = tokens::account_id.eq(account.get()).and(tokens::ended_at.is_null());
        update(tokens::table.filter(open))
            .set(tokens::ended_at.eq(at.as_micros()))
            .execute(connection)
            .map(|_| ())
    })
}
