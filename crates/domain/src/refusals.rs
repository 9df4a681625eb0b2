//! How often each limit has refused since the process began, for its metrics.
//!
//! This is the one thing in here that a whole process shares. A limit is judged inside commits, decisions and queues, which
//! know nothing of each other; a number that nothing decides by need not travel through all of them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

static REFUSED: Mutex<BTreeMap<&'static str, u64>> = Mutex::new(BTreeMap::new());

/// The limit with this name has refused once more.
pub fn count(limit: &'static str) {
    let mut refused = refused();
    let times = refused.entry(limit).or_default();
    *times = times.saturating_add(1);
}

/// How often the limit with this name has refused.
pub fn of(limit: &str) -> u64 {
    refused().get(limit).copied().unwrap_or_default()
}

fn refused() -> MutexGuard<'static, BTreeMap<&'static str, u64>> {
    REFUSED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_counted_by_itself() {
        for _ in 0..3 {
            count("test.refusals");
        }
        count("test.other_refusals");
        assert_eq!((of("test.refusals"), of("test.other_refusals")), (3, 1));
        assert_eq!(of("test.never_refused"), 0);
    }
}
