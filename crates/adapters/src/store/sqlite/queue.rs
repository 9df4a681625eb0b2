//! What waits for the writer: texts, alarms, check-ins and what is sent in a lane of their own, which is served first. A
//! flood of other writes fills its own lane only.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use super::job::Job;

/// Jobs that may wait in each lane; one more is refused, and its caller must come back later.
pub(super) const LANE: usize = 1_024;

/// The ports whose writes are served first: what Twilio hands us, what becomes of what we send, the stages of promises,
/// and what linked hikers do on the web. A stranger reaches no write of these ports without a pace or a signature.
const FIRST: [&str; 4] = ["inbox", "outbox", "deadline store", "user store"];

/// Why a job was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotQueued {
    /// Its lane is full.
    Full,
    /// The writer has stopped.
    Stopped,
}

#[derive(Default)]
struct Lanes {
    first: VecDeque<Box<dyn Job>>,
    others: VecDeque<Box<dyn Job>>,
    closed: bool,
    stopped: bool,
}

/// The queue between everybody and the writer.
#[derive(Default)]
pub(super) struct Queue {
    lanes: Mutex<Lanes>,
    came: Condvar,
}

impl Queue {
    /// Adds a job of `port` to its lane.
    pub(super) fn push(&self, port: &'static str, job: Box<dyn Job>) -> Result<(), NotQueued> {
        let mut lanes = self.lanes();
        if lanes.stopped {
            return Err(NotQueued::Stopped);
        }
        let lane = if FIRST.contains(&port) {
            &mut lanes.first
        } else {
            &mut lanes.others
        };
        if lane.len() >= LANE {
            return Err(NotQueued::Full);
        }
        lane.push_back(job);
        drop(lanes);
        self.came.notify_one();
        Ok(())
    }

    /// The next job, waited for; `None` once the queue is closed and empty.
    pub(super) fn wait(&self) -> Option<Box<dyn Job>> {
        let mut lanes = self.lanes();
        loop {
            let job = lanes.next();
            if job.is_some() || lanes.closed {
                return job;
            }
            lanes = self.came.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next job, if one waits.
    pub(super) fn next(&self) -> Option<Box<dyn Job>> {
        self.lanes().next()
    }

    /// Nothing more comes: the writer ends when it has done what waits.
    pub(super) fn close(&self) {
        self.lanes().closed = true;
        self.came.notify_one();
    }

    /// The writer is gone: every job that waits or comes later is refused.
    pub(super) fn stop(&self) {
        let mut lanes = self.lanes();
        lanes.stopped = true;
        let left = (
            std::mem::take(&mut lanes.first),
            std::mem::take(&mut lanes.others),
        );
        drop(lanes);
        drop(left);
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    fn next(&mut self) -> Option<Box<dyn Job>> {
        self.first.pop_front().or_else(|| self.others.pop_front())
    }
}
