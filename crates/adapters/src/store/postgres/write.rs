//! One write, one transaction: what is run again, and when it is unknown whether it is stored.
//!
//! | what ends it | before COMMIT is sent | after |
//! |---|---|---|
//! | a constraint | again: it may be another write's row, which is seen now; then the job's error | - |
//! | a deadlock, a lock that did not come, a conflict | again; then come back later | come back later |
//! | the connection is lost, or the server takes no writes | again: nothing is stored | **in doubt**, never again |
//! | anything else | the job's error | come back later |
//!
//! A cancel request is never sent: it would end the wait for a standby, and the answer would be success.

use std::{any::Any, thread, time::Duration};

use diesel::{
    connection::SimpleConnection as _,
    result::{DatabaseErrorKind, Error},
};
use thunderbird_domain::port::Fault;

use crate::contained::contained;

use super::{Abort, Connection, Keys, error::OpenError, worker::Worker};

/// How often a write is tried in all.
const ATTEMPTS: u32 = 4;

/// How long a write waits before it runs again; longer each time.
const PAUSE: Duration = Duration::from_millis(10);

/// What a failed attempt means for the write.
enum Failure {
    /// Nothing is stored, and another attempt may go better.
    Again(Fault),
    /// Nothing is stored, and another attempt fails in the same way.
    Final(Fault),
    /// The commit was sent and its answer was lost.
    InDoubt,
}

/// Runs `work` in a transaction that holds `keys`; answers when it is flushed.
pub(super) fn write<T, F>(
    worker: &mut Worker,
    port: &'static str,
    keys: &Keys,
    work: &mut F,
) -> Result<T, Fault>
where
    F: FnMut(&mut Connection) -> Result<T, Abort<T>>,
{
    let begin = keys.begin();
    let mut tried = 1;
    loop {
        match attempt(worker, port, &begin, work) {
            Ok(answer) => return Ok(answer),
            Err(Failure::Again(_)) if tried < ATTEMPTS => {
                // What was in the way gets its turn first.
                thread::sleep(PAUSE.saturating_mul(tried));
                tried += 1;
            }
            Err(Failure::Again(fault) | Failure::Final(fault)) => return Err(fault),
            Err(Failure::InDoubt) => {
                return Err(Fault::passing(
                    port,
                    "the connection was lost while the write was committed: whether it is stored is not known",
                ));
            }
        }
    }
}

fn attempt<T, F>(worker: &mut Worker, port: &'static str, begin: &str, work: &mut F) -> Result<T, Failure>
where
    F: FnMut(&mut Connection) -> Result<T, Abort<T>>,
{
    let unreachable = |error: OpenError| match error {
        // A server that restarts, or a standby that is about to take over.
        OpenError::Connect(_) | OpenError::InRecovery => Failure::Again(Fault::passing(port, error)),
        _ => Failure::Final(Fault::passing(port, error)),
    };
    let connection = worker.connection().map_err(unreachable)?;
    if let Err(error) = connection.batch_execute(begin) {
        return Err(undone(worker, port, error));
    }
    match contained(|| work(connection)) {
        Ok(Ok(answer)) => commit(worker, port).map(|()| answer),
        Ok(Err(Abort::Undo(answer))) => {
            roll_back(worker);
            Ok(answer)
        }
        Ok(Err(Abort::Failed(error))) => Err(undone(worker, port, error)),
        Err(panic) => {
            roll_back(worker);
            Err(Failure::Final(Fault::lasting(
                port,
                panic_message(panic.as_ref()),
            )))
        }
    }
}

/// PostgreSQL answers COMMIT with success although it rolled back, if a statement failed before. The SELECT fails then.
fn commit(worker: &mut Worker, port: &'static str) -> Result<(), Failure> {
    let Some(connection) = worker.open_connection() else {
        return Err(Failure::InDoubt);
    };
    let Err(error) = connection.batch_execute("SELECT 1; COMMIT") else {
        return Ok(());
    };
    tracing::error!(event = "store.commit_failed", %error, "a write could not be committed");
    if roll_back(worker) {
        Err(Failure::Final(Fault::passing(port, error)))
    } else {
        Err(Failure::InDoubt)
    }
}

/// Ends the transaction of a failed statement, and says what that means.
fn undone(worker: &mut Worker, port: &'static str, error: Error) -> Failure {
    if !roll_back(worker) {
        return Failure::Again(Fault::passing(port, error));
    }
    match &error {
        Error::DatabaseError(
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation,
            _,
        ) => Failure::Again(Fault::lasting(port, error)),
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
            Failure::Again(Fault::passing(port, error))
        }
        Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => {
            // The server has become a standby: another host of the URL may be the primary now.
            worker.give_up();
            Failure::Again(Fault::passing(port, error))
        }
        Error::DatabaseError(_, said) if is_conflict(said.message()) => {
            tracing::warn!(event = "store.conflict", port, %error, "a write met another and is run again");
            Failure::Again(Fault::passing(port, error))
        }
        Error::DatabaseError(..) | Error::BrokenTransactionManager => {
            Failure::Final(Fault::passing(port, error))
        }
        _ => Failure::Final(Fault::lasting(port, error)),
    }
}

/// The SQLSTATEs 40P01 and 55P03, which Diesel does not tell apart; `connect` has made sure that they are in English.
fn is_conflict(message: &str) -> bool {
    message.starts_with("deadlock detected") || message.starts_with("canceling statement due to lock timeout")
}

/// Ends the transaction; false if the connection went with it.
fn roll_back(worker: &mut Worker) -> bool {
    let ended = worker
        .open_connection()
        .is_some_and(|connection| connection.batch_execute("ROLLBACK").is_ok());
    let lives = ended && worker.is_alive();
    if !lives {
        worker.give_up();
    }
    lives
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a write job panicked".to_owned())
}
