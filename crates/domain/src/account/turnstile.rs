//! Lets equal requests through one at a time.

use std::{
    collections::HashMap,
    future::poll_fn,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

/// Lets requests with one key through one at a time, in this process: a hundred copies of one registration cost one
/// password hash and not a hundred. Correctness never hangs on it; the store decides.
#[derive(Debug)]
pub struct Turnstile<K>(Mutex<HashMap<K, Vec<Waker>>>);

impl<K> Default for Turnstile<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash> Turnstile<K> {
    /// Waits until nobody else holds a pass for `key`. The pass ends when it is dropped.
    pub(super) async fn pass(&self, key: &K) -> Pass<'_, K> {
        poll_fn(|context| {
            let mut passes = self.passes();
            if let Some(waiting) = passes.get_mut(key) {
                waiting.push(context.waker().clone());
                return Poll::Pending;
            }
            passes.insert(key.clone(), Vec::new());
            Poll::Ready(Pass {
                turnstile: self,
                key: key.clone(),
            })
        })
        .await
    }

    fn passes(&self) -> MutexGuard<'_, HashMap<K, Vec<Waker>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to go on, until dropped.
pub(super) struct Pass<'a, K: Clone + Eq + Hash> {
    turnstile: &'a Turnstile<K>,
    key: K,
}

impl<K: Clone + Eq + Hash> Drop for Pass<'_, K> {
    fn drop(&mut self) {
        let waiting = self.turnstile.passes().remove(&self.key).unwrap_or_default();
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
    async fn equal_keys_pass_one_at_a_time_and_all_of_them_pass() {
        let turnstile = Arc::new(Turnstile::default());
        let inside = Arc::new(AtomicU32::new(0));
        let passing: Vec<_> = (0..64)
            .map(|_| {
                let (turnstile, inside) = (Arc::clone(&turnstile), Arc::clone(&inside));
                tokio::spawn(async move {
                    let _pass = turnstile.pass(&"one").await;
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    tokio::task::yield_now().await;
                    inside.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for one in passing {
            one.await.unwrap();
        }
        assert!(turnstile.passes().is_empty());
    }

    #[tokio::test]
    async fn other_keys_do_not_wait() {
        let turnstile = Turnstile::default();
        let _one = turnstile.pass(&1).await;
        let _two = turnstile.pass(&2).await;
    }
}
