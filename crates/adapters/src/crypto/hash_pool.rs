//! The threads that hash: a fixed number, at low priority, with a bounded queue and one reused block of memory each.
//!
//! Never the runtime's blocking pool, where freed blocks stay with every thread it ever had.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use argon2::Block;

use crate::contained::contained;

/// Jobs that may wait, for each thread.
const QUEUE_PER_THREAD: usize = 32;
/// How much nicer than the rest of the process: a login flood must not silence hikers.
const NICENESS: i32 = 10;

/// A thread's memory, kept from one job to the next because fresh pages cost as much as a third of a hash.
#[derive(Default)]
pub(super) struct Arena {
    blocks: Vec<Block>,
}

/// The machine has no memory left for a hash.
#[derive(Debug, thiserror::Error)]
#[error("no memory for a hash")]
pub(super) struct OutOfMemory;

impl Arena {
    /// This many blocks of 1 KiB, with whatever the last job left in them.
    pub(super) fn blocks(&mut self, count: usize) -> Result<&mut [Block], OutOfMemory> {
        let missing = count.saturating_sub(self.blocks.len());
        self.blocks.try_reserve_exact(missing).map_err(|_| OutOfMemory)?;
        if missing > 0 {
            self.blocks.resize(count, Block::new());
        }
        self.blocks.get_mut(..count).ok_or(OutOfMemory)
    }
}

type Work = Box<dyn FnOnce(&mut Arena) + Send>;

struct Job {
    work: Work,
    oversize: bool,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    refused: u64,
    oversize_running: bool,
    closed: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// What a pool is doing, for the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashLoad {
    /// Jobs that wait for a thread.
    pub waiting: usize,
    /// How many may wait; the next one is refused.
    pub capacity: usize,
    /// How many were refused since the start.
    pub refused: u64,
}

pub(super) struct HashPool {
    shared: Arc<Shared>,
    capacity: usize,
}

impl HashPool {
    /// Starts `threads` threads, each of which gives its memory back after `idle` without work.
    pub(super) fn start(threads: usize, idle: Duration) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
        });
        let pool = Self {
            shared,
            capacity: threads.saturating_mul(QUEUE_PER_THREAD),
        };
        for number in 0..threads {
            let shared = Arc::clone(&pool.shared);
            thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || run(&shared, idle))?;
        }
        Ok(pool)
    }

    /// Queues a job; `false` when the queue is full. An oversize job needs more memory than a thread keeps: one of
    /// them runs at a time, on a block of its own.
    ///
    /// `kept` places of the queue stay free for others.
    pub(super) fn submit(
        &self,
        (oversize, kept): (bool, usize),
        work: impl FnOnce(&mut Arena) + Send + 'static,
    ) -> bool {
        let mut queue = self.shared.lock();
        if queue.jobs.len() >= self.capacity.saturating_sub(kept) {
            queue.refused += 1;
            return false;
        }
        queue.jobs.push_back(Job {
            work: Box::new(work),
            oversize,
        });
        drop(queue);
        self.shared.changed.notify_one();
        true
    }

    pub(super) fn load(&self) -> HashLoad {
        let queue = self.shared.lock();
        HashLoad {
            waiting: queue.jobs.len(),
            capacity: self.capacity,
            refused: queue.refused,
        }
    }
}

impl Drop for HashPool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job that may run; without one for `idle`, gives the arena back and goes on waiting.
    fn next(&self, arena: &mut Arena, idle: Duration) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if let Some(job) = queue.take_runnable() {
                return Some(job);
            }
            if queue.closed {
                return None;
            }
            if arena.blocks.is_empty() {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let waited = self.changed.wait_timeout(queue, idle);
            let (guard, end) = waited.unwrap_or_else(PoisonError::into_inner);
            queue = guard;
            if end.timed_out() && queue.jobs.is_empty() {
                *arena = Arena::default();
            }
        }
    }
}

impl Queue {
    fn take_runnable(&mut self) -> Option<Job> {
        let busy = self.oversize_running;
        let position = self.jobs.iter().position(|job| !(job.oversize && busy))?;
        let job = self.jobs.remove(position)?;
        self.oversize_running |= job.oversize;
        Some(job)
    }
}

fn run(shared: &Shared, idle: Duration) {
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::warn!(%error, "password hashing runs at normal priority");
    }
    let mut arena = Arena::default();
    while let Some(Job { work, oversize }) = shared.next(&mut arena, idle) {
        if oversize {
            arena = Arena::default();
        }
        if contained(|| work(&mut arena)).is_err() {
            tracing::error!("a password hash panicked");
        }
        if oversize {
            arena = Arena::default();
            shared.lock().oversize_running = false;
            shared.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    /// A job that says it began and then waits until it is let go.
    fn gated(pool: &HashPool, oversize: bool) -> (mpsc::Receiver<()>, mpsc::Sender<()>, bool) {
        let (began, begins) = mpsc::channel();
        let (go, gate) = mpsc::channel::<()>();
        let accepted = pool.submit((oversize, 0), move |_| {
            let _ = began.send(());
            let _ = gate.recv();
        });
        (begins, go, accepted)
    }

    #[test]
    fn thirty_two_jobs_a_thread_may_wait_and_the_next_is_refused() {
        let pool = HashPool::start(1, LONG).unwrap();
        let (begins, go, _) = gated(&pool, false);
        begins.recv().unwrap();
        for _ in 0..32 {
            assert!(pool.submit((false, 0), |_| ()));
        }
        assert_eq!(
            pool.load(),
            HashLoad {
                waiting: 32,
                capacity: 32,
                refused: 0
            }
        );
        assert!(!pool.submit((false, 0), |_| ()));
        assert_eq!(pool.load().refused, 1);
        drop(go);
    }

    #[test]
    fn a_panicking_job_takes_no_thread_with_it() {
        let pool = HashPool::start(1, LONG).unwrap();
        assert!(pool.submit((false, 0), |_| panic!("on purpose")));
        let (begins, go, _) = gated(&pool, false);
        assert!(begins.recv_timeout(LONG).is_ok());
        drop(go);
    }

    #[test]
    fn one_oversize_job_runs_at_a_time_and_others_pass_it() {
        let pool = HashPool::start(2, LONG).unwrap();
        let (first, let_first_go, _) = gated(&pool, true);
        first.recv_timeout(LONG).unwrap();
        let (second, _let_second_go, _) = gated(&pool, true);
        let (normal, let_normal_go, _) = gated(&pool, false);
        normal.recv_timeout(LONG).unwrap();
        assert!(second.try_recv().is_err());
        drop(let_normal_go);
        assert!(second.recv_timeout(Duration::from_millis(50)).is_err());
        drop(let_first_go);
        second.recv_timeout(LONG).unwrap();
    }

    #[test]
    fn memory_is_kept_between_jobs_and_given_back_when_idle() {
        let pool = HashPool::start(1, Duration::from_millis(30)).unwrap();
        let held = |pool: &HashPool, want: usize| {
            let (tell, told) = mpsc::channel();
            pool.submit((false, 0), move |arena| {
                let before = arena.blocks.len();
                let _ = arena.blocks(want);
                let _ = tell.send(before);
            });
            told.recv_timeout(LONG).unwrap()
        };
        assert_eq!(held(&pool, 64), 0);
        assert_eq!(held(&pool, 16), 64);
        thread::sleep(Duration::from_millis(300));
        assert_eq!(held(&pool, 16), 0);
    }
}
