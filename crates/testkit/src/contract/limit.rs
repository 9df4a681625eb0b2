//! What every [`RateLimiter`] promises.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::limit::{Limit, LimitKey, Quota, RateLimiter, Rule, Verdict};

use super::account::NOON;

/// Every promise of [`RateLimiter`]. `empty` opens a fresh store for each.
pub async fn limit<S: RateLimiter + 'static>(empty: impl AsyncFn() -> S) {
    counts_up_to_the_quota_and_again_when_the_window_closes(&empty().await).await;
    keeps_keys_and_scopes_apart(&empty().await).await;
    a_check_counts_nothing(&empty().await).await;
    counts_under_no_limit_when_one_refuses(&empty().await).await;
    allows_no_more_at_once_than_one_after_the_other(Arc::new(empty().await)).await;
    gives_back_what_turned_out_to_be_none(&empty().await).await;
}

async fn gives_back_what_turned_out_to_be_none(store: &dyn RateLimiter) {
    let limits = [hourly("test.one", "ada", 2)];
    for _ in 0..5 {
        assert_eq!(take(store, &limits, 0).await, Verdict::Allowed);
        store.give_back(limits.to_vec(), NOON).await.unwrap();
    }
    assert_eq!(take(store, &limits, 1).await, Verdict::Allowed);
    assert_eq!(take(store, &limits, 2).await, Verdict::Allowed);
    assert_eq!(take(store, &limits, 3).await, refused(57));
    store
        .give_back(vec![hourly("test.one", "grace", 2)], NOON)
        .await
        .unwrap();
    store
        .give_back(limits.to_vec(), NOON.minus(Duration::from_mins(1)))
        .await
        .unwrap();
    assert_eq!(
        take(store, &limits, 3).await,
        refused(57),
        "what an earlier window counted is not given back in this one"
    );
}

fn hourly(scope: &'static str, subject: &str, events: u32) -> Limit {
    let per = Duration::from_hours(1);
    Limit {
        key: LimitKey::new(scope, subject),
        rule: Rule::Quota(Quota { events, per }),
    }
}

async fn take(store: &dyn RateLimiter, limits: &[Limit], minute: u64) -> Verdict {
    let now = NOON.plus(Duration::from_mins(minute));
    store.take(limits.to_vec(), now, Vec::new()).await.unwrap()
}

fn refused(minutes: u64) -> Verdict {
    Verdict::Refused {
        retry_after: Duration::from_mins(minutes),
    }
}

async fn counts_up_to_the_quota_and_again_when_the_window_closes(store: &dyn RateLimiter) {
    let limits = [hourly("test.one", "ada", 2)];
    assert_eq!(take(store, &limits, 0).await, Verdict::Allowed);
    assert_eq!(take(store, &limits, 10).await, Verdict::Allowed);
    assert_eq!(take(store, &limits, 20).await, refused(40));
    assert_eq!(take(store, &limits, 59).await, refused(1));
    assert_eq!(take(store, &limits, 60).await, Verdict::Allowed);
    assert_eq!(take(store, &limits, 61).await, Verdict::Allowed);
    assert_eq!(take(store, &limits, 62).await, refused(58));
}

async fn keeps_keys_and_scopes_apart(store: &dyn RateLimiter) {
    for limit in [
        hourly("test.one", "ada", 1),
        hourly("test.one", "grace", 1),
        hourly("test.two", "ada", 1),
    ] {
        assert_eq!(take(store, &[limit], 0).await, Verdict::Allowed);
    }
    assert_eq!(take(store, &[hourly("test.one", "ada", 1)], 0).await, refused(60));
}

async fn a_check_counts_nothing(store: &dyn RateLimiter) {
    let limits = vec![hourly("test.one", "ada", 1)];
    for _ in 0..3 {
        assert_eq!(store.check(limits.clone(), NOON).await.unwrap(), Verdict::Allowed);
    }
    assert_eq!(take(store, &limits, 0).await, Verdict::Allowed);
    assert_eq!(store.check(limits, NOON).await.unwrap(), refused(60));
}

async fn counts_under_no_limit_when_one_refuses(store: &dyn RateLimiter) {
    let (narrow, wide) = (hourly("test.narrow", "ada", 1), hourly("test.wide", "ada", 2));
    let both = [wide.clone(), narrow];
    assert_eq!(take(store, &both, 0).await, Verdict::Allowed);
    for _ in 0..5 {
        assert_eq!(take(store, &both, 15).await, refused(45));
    }
    assert_eq!(
        take(store, std::slice::from_ref(&wide), 15).await,
        Verdict::Allowed
    );
    assert_eq!(take(store, &[wide], 15).await, refused(45));
}

async fn allows_no_more_at_once_than_one_after_the_other<S: RateLimiter + 'static>(store: Arc<S>) {
    let racing: Vec<_> = (0..40)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { take(&*store, &[hourly("test.one", "ada", 7)], 0).await })
        })
        .collect();
    let mut allowed = 0;
    for one in racing {
        allowed += usize::from(one.await.unwrap() == Verdict::Allowed);
    }
    assert_eq!(allowed, 7);
}
