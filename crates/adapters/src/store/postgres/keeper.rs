//! The thread that keeps house: it seals the audit log each second, and adds the figures up.

use std::{
    io,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use thunderbird_domain::port::Fault;

use super::{Keys, Unkeyed, address::Address, connect::Role, fold, seal, worker::Worker, write::write};

const PORT: &str = "store keeper";
const EACH: Duration = Duration::from_secs(1);

/// Every so many seconds the figures are added up.
const FOLD_EVERY: u32 = 5;

/// Failures in a row after which events lie unsealed for so long that somebody must look.
const TOO_MANY: u32 = 10;

/// The running thread. It ends when this is dropped.
pub(super) struct Keeper {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread.
    pub(super) fn start(address: &Address) -> io::Result<Self> {
        let worker = Worker::new(address.clone(), Role::Writer);
        let (stop, stopped) = channel();
        let thread = thread::Builder::new()
            .name("store-keeper".to_owned())
            .spawn(move || work(worker, &stopped))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

fn work(mut worker: Worker, stopped: &Receiver<()>) {
    let (mut second, mut failures) = (0_u32, 0_u32);
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(EACH) {
        second = second.wrapping_add(1);
        match keep(&mut worker, second.is_multiple_of(FOLD_EVERY)) {
            Ok(()) => failures = 0,
            Err((undone, fault)) => {
                failures = failures.saturating_add(1);
                let is_long = failures >= TOO_MANY;
                tracing::error!(event = "store.keeping_failed", %fault, failures, is_long, "{undone}");
            }
        }
    }
}

/// Several processes may do this at the same time: each row is moved once.
fn keep(worker: &mut Worker, adds_up: bool) -> Result<(), (&'static str, Fault)> {
    while write(worker, PORT, &seal::keys(), &mut |connection| {
        Ok(seal::some(connection)?)
    })
    .map_err(|fault| ("the log is not sealed", fault))?
    {}
    if adds_up {
        let keys = Keys::none(Unkeyed::Sweep);
        while write(worker, PORT, &keys, &mut |connection| Ok(fold::some(connection)?))
            .map_err(|fault| ("the figures are not added up", fault))?
        {}
    }
    Ok(())
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
