//! A log in memory that forgets its oldest entries, and wakes who waits for new ones.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;

/// The newest entries, each with a number that only grows.
#[derive(Debug)]
pub struct Newest<T> {
    kept: usize,
    entries: Mutex<VecDeque<(u64, T)>>,
    last: watch::Sender<u64>,
    closed: AtomicBool,
}

impl<T: Clone> Newest<T> {
    /// Keeps at most `kept` entries.
    pub fn new(kept: usize) -> Self {
        Self {
            kept,
            entries: Mutex::new(VecDeque::new()),
            last: watch::Sender::new(0),
            closed: AtomicBool::new(false),
        }
    }

    fn entries(&self) -> MutexGuard<'_, VecDeque<(u64, T)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entry, and returns its number.
    pub fn push(&self, entry: T) -> u64 {
        let mut entries = self.entries();
        let number = entries.back().map_or(0, |(number, _)| *number).saturating_add(1);
        entries.push_back((number, entry));
        while entries.len() > self.kept {
            entries.pop_front();
        }
        drop(entries);
        self.last.send_replace(number);
        number
    }

    /// Lets nobody wait any more.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.last.send_modify(|_| {});
    }

    /// The number of the newest entry ever, 0 before the first.
    pub fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// The entries after number `after` that `wanted` picks, oldest first.
    pub fn after(&self, after: u64, wanted: impl Fn(&T) -> bool) -> Vec<(u64, T)> {
        let entries = self.entries();
        let newer = entries
            .iter()
            .filter(|(number, entry)| *number > after && wanted(entry));
        newer.cloned().collect()
    }

    /// As [`Self::after`], but waits at most `patience` until there is one.
    pub async fn wait_after(
        &self,
        after: u64,
        patience: Duration,
        wanted: impl Fn(&T) -> bool,
    ) -> Vec<(u64, T)> {
        let mut last = self.last.subscribe();
        let found = async {
            loop {
                last.mark_unchanged();
                let found = self.after(after, &wanted);
                let closed = self.closed.load(Ordering::SeqCst);
                if closed || !found.is_empty() || last.changed().await.is_err() {
                    return found;
                }
            }
        };
        tokio::time::timeout(patience, found).await.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn only_the_newest_are_kept_and_numbers_go_on() {
        let log = Newest::new(3);
        for entry in ["a", "b", "c", "d"] {
            log.push(entry);
        }
        assert_eq!(log.after(0, |_| true), [(2, "b"), (3, "c"), (4, "d")]);
        assert_eq!(log.after(3, |_| true), [(4, "d")]);
        assert_eq!(log.after(0, |entry| *entry == "c"), [(3, "c")]);
        assert_eq!(log.last(), 4);
    }

    #[tokio::test]
    async fn who_waits_is_woken_by_what_he_waits_for_alone() {
        let log = Arc::new(Newest::new(10));
        let waiting = {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                log.wait_after(0, Duration::from_secs(30), |entry| *entry == "mine")
                    .await
            })
        };
        tokio::task::yield_now().await;
        log.push("another's");
        log.push("mine");
        assert_eq!(waiting.await.unwrap(), [(2, "mine")]);
        assert!(
            log.wait_after(2, Duration::from_millis(1), |_| true)
                .await
                .is_empty()
        );
    }
}
