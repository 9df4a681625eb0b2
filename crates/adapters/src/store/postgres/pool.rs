//! Threads that each own a connection, and the queue that they take their work from.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
};

use thunderbird_domain::port::Fault;

use super::{address::Address, connect::Role, worker::Worker};

/// Jobs that may wait; one more is refused, and its caller told to come back.
const QUEUE: usize = 1_024;

/// What a thread does once.
pub(super) type Task = Box<dyn FnOnce(&mut Worker) + Send>;

/// Threads of one role. They end when the pool is dropped and their queue is empty.
pub(super) struct Pool {
    tasks: Option<SyncSender<Task>>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts `count` threads; each connects when it has something to do.
    pub(super) fn start(name: &str, count: usize, address: &Address, role: Role) -> io::Result<Self> {
        let (tasks, queue) = sync_channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        let threads = (0..count)
            .map(|number| {
                let queue = Arc::clone(&queue);
                let worker = Worker::new(address.clone(), role);
                thread::Builder::new()
                    .name(format!("store-{name}-{number}"))
                    .spawn(move || work(worker, &queue))
            })
            .collect::<io::Result<_>>()?;
        Ok(Self {
            tasks: Some(tasks),
            threads,
        })
    }

    /// Hands a task to the next free thread.
    pub(super) fn enqueue(&self, port: &'static str, task: Task) -> Result<(), Fault> {
        let Some(tasks) = &self.tasks else {
            return Err(Fault::lasting(port, "the store is closed"));
        };
        tasks.try_send(task).map_err(|refused| match refused {
            TrySendError::Full(_) => Fault::passing(port, "1,024 jobs are waiting already"),
            TrySendError::Disconnected(_) => Fault::lasting(port, "the store's threads have stopped"),
        })
    }
}

fn work(mut worker: Worker, queue: &Mutex<Receiver<Task>>) {
    loop {
        // The thread that waits holds the lock, so that one of the free threads is woken, and not all.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = next else { return };
        task(&mut worker);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        drop(self.tasks.take());
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}
