//! Answers kept for their keys. A row without an answer (status 0) is a request that is being carried out.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _, delete, insert_into, update,
};
use thunderbird_domain::{
    idempotency::{ABANDONED_AFTER, Claim, IdempotencyStore, KEPT, KeptAnswer, KeyedRequest, Owner},
    port::PortFuture,
    time::Timestamp,
};

use super::{Connection, Held, Key, Keys, Store, Unkeyed, dialect, schema::idempotency_keys};

const PORT: &str = "idempotency keys";

/// The status of a request that is being carried out.
const IN_PROGRESS: i64 = 0;

/// Most keys that are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// The row of a request's key.
macro_rules! row {
    ($request:expr) => {
        idempotency_keys::table
            .filter(idempotency_keys::owner.eq(owner_word($request.owner)))
            .filter(idempotency_keys::route.eq($request.route))
            .filter(idempotency_keys::key.eq($request.key.as_str()))
    };
}

impl IdempotencyStore for Store {
    fn claim(&self, request: KeyedRequest, at: Timestamp) -> PortFuture<'_, Claim> {
        let keys = Keys::on([Key::Request(&request)]);
        self.transact(PORT, keys, move |connection| Ok(claim(connection, &request, at)?))
    }

    fn settle(&self, request: KeyedRequest, answer: Option<KeptAnswer>) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::OneStatement), move |connection| {
            match &answer {
                Some(answer) => update(row!(request))
                    .set((
                        idempotency_keys::status.eq(i64::from(answer.status)),
                        idempotency_keys::answer.eq(&answer.body),
                    ))
                    .execute(connection)?,
                None => delete(row!(request)).execute(connection)?,
            };
            Ok(())
        })
    }

    fn forget(&self, at: Timestamp) -> PortFuture<'_, usize> {
        self.transact(PORT, Keys::none(Unkeyed::Sweep), move |connection| {
            let spent = || {
                let abandoned = idempotency_keys::created_at.le(at.minus(ABANDONED_AFTER).as_micros());
                let abandoned = idempotency_keys::status.eq(IN_PROGRESS).and(abandoned);
                idempotency_keys::expires_at.le(at.as_micros()).or(abandoned)
            };
            let over: Vec<i64> = idempotency_keys::table
                .filter(spent())
                .limit(FORGOTTEN_AT_ONCE)
                .select(idempotency_keys::id)
                .load(connection)?;
            // One that was answered a moment ago stays.
            let over = idempotency_keys::table.filter(idempotency_keys::id.eq_any(over));
            let forgotten = delete(over.filter(spent()));
            Ok(forgotten.execute(connection)?)
        })
    }
}

fn claim(connection: &mut Connection, request: &KeyedRequest, at: Timestamp) -> QueryResult<Claim> {
    let owner = owner_word(request.owner);
    dialect::hold(
        connection,
        Held::Request(&owner, request.route, request.key.as_str()),
    )?;
    let found: Option<(Vec<u8>, i64, String, i64)> = row!(request)
        .select((
            idempotency_keys::request_digest,
            idempotency_keys::status,
            idempotency_keys::answer,
            idempotency_keys::created_at,
        ))
        .first(connection)
        .optional()?;
    if let Some((digest, status, answer, created_at)) = found {
        let life = if status == IN_PROGRESS {
            ABANDONED_AFTER
        } else {
            KEPT
        };
        if Timestamp::from_micros(created_at).plus(life) > at {
            let same = digest == request.digest.as_bytes();
            return Ok(match (same, status) {
                (false, _) => Claim::Reused,
                (true, IN_PROGRESS) => Claim::InProgress,
                (true, status) => Claim::Answered(KeptAnswer {
                    status: u16::try_from(status).unwrap_or(500),
                    body: answer,
                }),
            });
        }
        delete(row!(request)).execute(connection)?;
    }
    insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::owner.eq(owner),
            idempotency_keys::route.eq(request.route),
            idempotency_keys::key.eq(request.key.as_str()),
            idempotency_keys::request_digest.eq(request.digest.as_bytes().as_slice()),
            idempotency_keys::status.eq(IN_PROGRESS),
            idempotency_keys::answer.eq(""),
            idempotency_keys::created_at.eq(at.as_micros()),
            idempotency_keys::expires_at.eq(at.plus(KEPT).as_micros()),
        ))
        .execute(connection)?;
    Ok(Claim::Fresh)
}

fn owner_word(owner: Owner) -> String {
    match owner {
        Owner::Account(id) => format!("account:{}", id.get()),
        Owner::Admin(id) => format!("admin:{}", id.get()),
    }
}
