//! One lock for each key, granted in the order of the requests.

use std::{
    collections::{HashMap, VecDeque},
    future::poll_fn,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// Lets one holder of a key go on at a time, in this process, first come, first served. Correctness does not depend on
/// it, because the store decides. It saves work and keeps order: a hundred copies of one registration cost one password
/// hash and not a hundred, texts of one sender do not make each other's decisions stale, and two texts that one phone
/// sends one after the other are decided in that order.
#[derive(Debug)]
pub struct KeyedLock<K>(Mutex<Queues<K>>);

/// The queue of every key that is locked. A key without a queue is free.
#[derive(Debug)]
struct Queues<K> {
    next_ticket: u64,
    by_key: HashMap<K, VecDeque<Place>>,
}

/// One request in the queue of its key. The first place holds the lock.
#[derive(Debug)]
struct Place {
    ticket: u64,
    waker: Option<Waker>,
}

impl<K> Default for KeyedLock<K> {
    fn default() -> Self {
        Self(Mutex::new(Queues {
            next_ticket: 0,
            by_key: HashMap::new(),
        }))
    }
}

impl<K: Clone + Eq + Hash> KeyedLock<K> {
    /// Waits until every earlier request for `key` is over, and holds the lock until the guard is dropped. The place in
    /// the queue is taken when the future is polled first; a future that is dropped gives its place up.
    pub async fn lock(&self, key: &K) -> KeyGuard<'_, K> {
        let guard = self.enqueue(key);
        poll_fn(|context| guard.poll_first(context)).await;
        guard
    }

    /// The same, unless `most` requests for the key are under way already: `None` then, at once.
    pub async fn lock_among(&self, key: &K, most: usize) -> Option<KeyGuard<'_, K>> {
        if self
            .queues()
            .by_key
            .get(key)
            .is_some_and(|queue| queue.len() >= most)
        {
            return None;
        }
        Some(self.lock(key).await)
    }

    fn enqueue(&self, key: &K) -> KeyGuard<'_, K> {
        let mut queues = self.queues();
        let ticket = queues.next_ticket;
        queues.next_ticket = ticket.wrapping_add(1);
        queues
            .by_key
            .entry(key.clone())
            .or_default()
            .push_back(Place { ticket, waker: None });
        KeyGuard {
            locks: self,
            key: key.clone(),
            ticket,
        }
    }

    fn queues(&self) -> MutexGuard<'_, Queues<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lock of one key, held until it is dropped. Until [`KeyedLock::lock`] returns it, it is a place in the queue: so
/// one `Drop` serves the holder, a waiter that gives up, and a waiter that is first but does not know it yet.
#[derive(Debug)]
#[must_use = "the lock is free again as soon as the guard is dropped"]
pub struct KeyGuard<'a, K: Clone + Eq + Hash> {
    locks: &'a KeyedLock<K>,
    key: K,
    ticket: u64,
}

impl<K: Clone + Eq + Hash> KeyGuard<'_, K> {
    fn poll_first(&self, context: &Context<'_>) -> Poll<()> {
        let mut queues = self.locks.queues();
        let Some(queue) = queues.by_key.get_mut(&self.key) else {
            return Poll::Ready(());
        };
        match queue.iter().position(|place| place.ticket == self.ticket) {
            None | Some(0) => Poll::Ready(()),
            Some(position) => {
                if let Some(place) = queue.get_mut(position) {
                    place.waker = Some(context.waker().clone());
                }
                Poll::Pending
            }
        }
    }

    /// Leaves the queue. Returns the waker of the place that is first because of that.
    fn leave(&self) -> Option<Waker> {
        let mut queues = self.locks.queues();
        let queue = queues.by_key.get_mut(&self.key)?;
        let position = queue.iter().position(|place| place.ticket == self.ticket)?;
        queue.remove(position);
        match queue.front_mut() {
            None => {
                queues.by_key.remove(&self.key);
                None
            }
            Some(first) if position == 0 => first.waker.take(),
            Some(_) => None,
        }
    }
}

impl<K: Clone + Eq + Hash> Drop for KeyGuard<'_, K> {
    fn drop(&mut self) {
        if let Some(waker) = self.leave() {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::Future,
        pin::{Pin, pin},
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        task::Wake,
    };

    use super::*;

    type Request<'a> = Pin<Box<dyn Future<Output = KeyGuard<'a, u8>> + 'a>>;

    /// Counts how often a future is woken.
    #[derive(Default)]
    struct Wakes(AtomicU32);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// One request for the lock that a test polls by hand.
    struct Waiter<'a> {
        request: Request<'a>,
        wakes: Arc<Wakes>,
    }

    impl<'a> Waiter<'a> {
        fn queued(locks: &'a KeyedLock<u8>) -> Self {
            let mut waiter = Self {
                request: Box::pin(async move { locks.lock(&1).await }),
                wakes: Arc::default(),
            };
            assert!(waiter.poll().is_none(), "the lock was free");
            waiter
        }

        fn poll(&mut self) -> Option<KeyGuard<'a, u8>> {
            let waker = Waker::from(Arc::clone(&self.wakes));
            match self.request.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(guard) => Some(guard),
                Poll::Pending => None,
            }
        }

        fn wakes(&self) -> u32 {
            self.wakes.0.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn requests_are_served_in_their_order_and_only_the_first_is_woken() {
        let locks = KeyedLock::default();
        let mut held = locks.lock(&1).await;
        let mut waiters: Vec<_> = (0..5).map(|_| Waiter::queued(&locks)).collect();
        for first in 0..waiters.len() {
            drop(held);
            let woken: Vec<_> = waiters.iter().map(Waiter::wakes).collect();
            let expected: Vec<_> = (0..5).map(|one| u32::from(one <= first)).collect();
            assert_eq!(woken, expected);
            for (number, later) in waiters.iter_mut().enumerate().skip(first + 1) {
                assert!(later.poll().is_none(), "{number} overtook {first}");
            }
            held = waiters[first].poll().unwrap();
        }
        drop(held);
        drop(waiters);
        assert!(locks.queues().by_key.is_empty());
    }

    #[tokio::test]
    async fn a_newcomer_does_not_overtake_a_waiter_that_is_first_and_not_polled_yet() {
        let locks = KeyedLock::default();
        let held = locks.lock(&1).await;
        let mut first = Waiter::queued(&locks);
        drop(held);
        let mut newcomer = Waiter::queued(&locks);
        let guard = first.poll().unwrap();
        assert!(newcomer.poll().is_none());
        drop(guard);
        assert!(newcomer.poll().is_some());
    }

    #[tokio::test]
    async fn a_waiter_that_is_dropped_while_it_waits_leaves_the_queue() {
        let locks = KeyedLock::default();
        let held = locks.lock(&1).await;
        let [first, mut second] = [Waiter::queued(&locks), Waiter::queued(&locks)];
        drop(first);
        assert_eq!(second.wakes(), 0, "the lock is still held");
        assert!(second.poll().is_none());
        drop(held);
        assert_eq!(second.wakes(), 1);
        assert!(second.poll().is_some());
        assert!(locks.queues().by_key.is_empty());
    }

    #[tokio::test]
    async fn a_waiter_that_is_dropped_after_it_became_first_passes_the_lock_on() {
        let locks = KeyedLock::default();
        let held = locks.lock(&1).await;
        let [first, mut second] = [Waiter::queued(&locks), Waiter::queued(&locks)];
        drop(held);
        assert_eq!((first.wakes(), second.wakes()), (1, 0));
        drop(first);
        assert_eq!(second.wakes(), 1);
        assert!(second.poll().is_some());
        assert!(locks.queues().by_key.is_empty());
    }

    #[tokio::test]
    async fn the_last_waiter_that_is_dropped_frees_the_key() {
        let locks = KeyedLock::default();
        let held = locks.lock(&1).await;
        let only = Waiter::queued(&locks);
        drop(held);
        drop(only);
        assert!(locks.queues().by_key.is_empty());
        drop(locks.lock(&1).await);
    }

    #[tokio::test]
    async fn a_waiter_is_woken_by_the_waker_of_its_last_poll() {
        let locks = KeyedLock::default();
        let held = locks.lock(&1).await;
        let mut waiter = Waiter::queued(&locks);
        let earlier = std::mem::take(&mut waiter.wakes);
        assert!(waiter.poll().is_none());
        drop(held);
        assert_eq!((earlier.0.load(Ordering::SeqCst), waiter.wakes()), (0, 1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn equal_keys_guard_one_at_a_time_and_cancellation_loses_no_wake_up() {
        let locks = Arc::new(KeyedLock::default());
        let inside = Arc::new(AtomicU32::new(0));
        let running: Vec<_> = (0..400_u32)
            .map(|number| {
                let (locks, inside) = (Arc::clone(&locks), Arc::clone(&inside));
                tokio::spawn(async move {
                    let mut request = pin!(locks.lock(&"one"));
                    if number % 3 == 0 {
                        // Gives up after one poll, at whatever moment the other threads have reached.
                        let waker = Waker::noop();
                        drop(request.as_mut().poll(&mut Context::from_waker(waker)));
                        return;
                    }
                    let _guard = request.await;
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    tokio::task::yield_now().await;
                    inside.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for one in running {
            tokio::time::timeout(std::time::Duration::from_mins(1), one)
                .await
                .expect("a wake-up was lost")
                .unwrap();
        }
        assert!(locks.queues().by_key.is_empty());
    }

    #[tokio::test]
    async fn other_keys_do_not_wait() {
        let locks = KeyedLock::default();
        let _one = locks.lock(&1).await;
        let _two = locks.lock(&2).await;
    }
}
