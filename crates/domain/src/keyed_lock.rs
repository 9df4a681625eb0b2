//! One lock for each key, for as long as somebody holds it.

use std::{
    collections::HashMap,
    future::poll_fn,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

/// Lets one holder of a key go on at a time, in this process. Correctness does not depend on it, because the store
/// decides. It saves work: a hundred copies of one registration cost one password hash and not a hundred, and texts of
/// one sender do not make each other's decisions stale.
#[derive(Debug)]
pub struct KeyedLock<K>(Mutex<HashMap<K, Vec<Waker>>>);

impl<K> Default for KeyedLock<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash> KeyedLock<K> {
    /// Waits until the lock of `key` is free, and holds it until the guard is dropped.
    pub async fn lock(&self, key: &K) -> KeyGuard<'_, K> {
        poll_fn(|context| {
            let mut held = self.held();
            if let Some(waiting) = held.get_mut(key) {
                waiting.push(context.waker().clone());
                return Poll::Pending;
            }
            held.insert(key.clone(), Vec::new());
            Poll::Ready(KeyGuard {
                locks: self,
                key: key.clone(),
            })
        })
        .await
    }

    fn held(&self) -> MutexGuard<'_, HashMap<K, Vec<Waker>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lock of one key, held until it is dropped.
#[derive(Debug)]
#[must_use = "the lock is free again as soon as the guard is dropped"]
pub struct KeyGuard<'a, K: Clone + Eq + Hash> {
    locks: &'a KeyedLock<K>,
    key: K,
}

impl<K: Clone + Eq + Hash> Drop for KeyGuard<'_, K> {
    fn drop(&mut self) {
        let waiting = self.locks.held().remove(&self.key).unwrap_or_default();
        waiting.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn equal_keys_guard_one_at_a_time_and_all_of_them_guard() {
        let locks = Arc::new(KeyedLock::default());
        let inside = Arc::new(AtomicU32::new(0));
        let running: Vec<_> = (0..64)
            .map(|_| {
                let (locks, inside) = (Arc::clone(&locks), Arc::clone(&inside));
                tokio::spawn(async move {
                    let _guard = locks.lock(&"one").await;
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    tokio::task::yield_now().await;
                    inside.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for one in running {
            one.await.unwrap();
        }
        assert!(locks.held().is_empty());
    }

    #[tokio::test]
    async fn other_keys_do_not_wait() {
        let locks = KeyedLock::default();
        let _one = locks.lock(&1).await;
        let _two = locks.lock(&2).await;
    }
}
