//! Moving the write-ahead log into the file, off the writer's path (<https://sqlite.org/wal.html#ckpt>).
//!
//! SQLite writes the log from its start again only if all of it is in the file when a transaction begins. While texts
//! keep coming there is always a little more, and the log would grow without end: when it is long, this thread moves
//! all but a little of it and asks the writer to move that little between two batches.
//!
//! A log that is written over is not shortened: that takes the file system up to a tenth of a second, which every text
//! would wait for, and a sync after an append takes twice as long as one after writing over. It is shortened when
//! nothing is written.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::Integer,
};

use super::{path::sibling, stats::WriterStats};

/// How often it is seen whether many jobs were done.
const TICK: Duration = Duration::from_millis(100);

/// The log is moved into the file after this many ticks: once a second.
const TICKS: u32 = 10;

/// Or when this many jobs were done since it was moved last: a thousand pages or so.
const MANY_JOBS: u64 = 500;

/// From this length on, in pages of 4 KiB, the log should restart: 8 MiB. Every read looks for each page in it,
/// 4,096 pages of it at a time.
const LONG_LOG: i32 = 2_048;

/// What the writer may be asked to move, in pages: about a millisecond's work.
const LITTLE: i32 = 256;

/// From this length on, in pages, the writer is asked to move whatever is left: 128 MiB.
const TOO_LONG_LOG: i32 = 32_768;

/// How often the log is moved in a row until only a little is left; each pass leaves less than the one before.
const PASSES: usize = 6;

/// A log longer than this, in bytes, is shortened when nothing is written: 256 MiB, which only a reader that keeps it from
/// restarting for long brings about. The next commits can pay for it, where the disk is told of freed blocks
/// (`discard`).
pub(super) const LONG_FILE: u64 = 268_435_456;

/// How this thread asks the writer to move the rest of a long log.
#[derive(Debug, Default)]
pub(super) struct CheckpointRequest(AtomicBool);

impl CheckpointRequest {
    /// If requested, moves the remaining pages. Repeats after each batch until the log has restarted, because an active
    /// reader can prevent the restart.
    pub(super) fn serve(&self, connection: &mut SqliteConnection) {
        if !self.0.load(Ordering::Relaxed) {
            return;
        }
        let found = pass(connection, "PASSIVE");
        if !found
            .as_ref()
            .is_ok_and(|found| found.log >= LONG_LOG && found.left() <= LITTLE)
        {
            self.0.store(false, Ordering::Relaxed);
        }
        report(&found);
    }
}

/// What a pass found: pages in the log, and how many of them are in the file.
#[derive(Debug, QueryableByName)]
struct Pass {
    #[diesel(sql_type = Integer)]
    log: i32,
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

impl Pass {
    fn left(&self) -> i32 {
        self.log - self.checkpointed
    }
}

/// The thread's state.
pub(super) struct Checkpointer {
    pub(super) path: PathBuf,
    pub(super) connection: SqliteConnection,
    pub(super) stats: Arc<WriterStats>,
    pub(super) request: Arc<CheckpointRequest>,
}

impl Checkpointer {
    /// Works until the sender is gone, then moves everything.
    pub(super) fn work(mut self, stopped: &Receiver<()>) {
        // Shortening holds the writer's lock while it waits for readers, so it must not wait: it is tried again.
        self.wait_for_others(Duration::ZERO);
        let (mut moved, mut ticks) = (0, 0);
        while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            ticks += 1;
            let jobs = self.stats.jobs.load(Ordering::Relaxed);
            if ticks < TICKS && jobs - moved < MANY_JOBS {
                continue;
            }
            if jobs == moved && self.file_is_long() {
                report(&pass(&mut self.connection, "TRUNCATE"));
            } else {
                self.move_log();
            }
            (moved, ticks) = (jobs, 0);
        }
        self.wait_for_others(Duration::from_secs(5));
        report(&pass(&mut self.connection, "TRUNCATE"));
    }

    fn move_log(&mut self) {
        for _ in 0..PASSES {
            let found = pass(&mut self.connection, "PASSIVE");
            report(&found);
            let Ok(found) = found else { return };
            if found.log < LONG_LOG {
                return;
            }
            if found.left() <= LITTLE || found.log > TOO_LONG_LOG {
                self.request.0.store(true, Ordering::Relaxed);
                return;
            }
        }
    }

    fn wait_for_others(&mut self, patience: Duration) {
        let set = format!("PRAGMA busy_timeout={}", patience.as_millis());
        if let Err(error) = self.connection.batch_execute(&set) {
            tracing::warn!(event = "store.setting_failed", %error, "a checkpoint may make texts wait");
        }
    }

    fn file_is_long(&self) -> bool {
        fs::metadata(sibling(&self.path, "-wal")).is_ok_and(|log| log.len() > LONG_FILE)
    }
}

fn pass(connection: &mut SqliteConnection, mode: &str) -> QueryResult<Pass> {
    sql_query(format!("PRAGMA wal_checkpoint({mode})")).get_result(connection)
}

fn report(pass: &QueryResult<Pass>) {
    if let Err(error) = pass {
        tracing::warn!(event = "store.checkpoint_failed", %error, "the write-ahead log keeps growing");
    }
}
