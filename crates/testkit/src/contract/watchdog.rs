//! The promises of [`Watchdog`].

use thunderbird_domain::deadline::Watchdog;

use crate::watchdog::Ear;

/// A watchdog whose other end can be looked at and told what to do.
pub trait WatchdogBench {
    /// The adapter under test.
    fn watchdog(&self) -> &dyn Watchdog;
    /// What the other end does from now on.
    fn set(&self, ear: Ear);
    /// How many signs of life have reached the other end.
    fn heard(&self) -> usize;
}

/// Every promise of the watchdog; `fresh` sets up one for each.
pub async fn watchdog<B: WatchdogBench>(fresh: impl AsyncFn() -> B) {
    each_ping_is_one_sign_of_life(&fresh().await).await;
    only_an_answer_that_it_was_heard_counts(&fresh().await).await;
}

async fn each_ping_is_one_sign_of_life(bench: &impl WatchdogBench) {
    for count in 1..=3 {
        bench.watchdog().ping().await.unwrap();
        assert_eq!(bench.heard(), count);
    }
}

async fn only_an_answer_that_it_was_heard_counts(bench: &impl WatchdogBench) {
    for (count, ear) in (1..).zip([Ear::Answers(404), Ear::Answers(503), Ear::Redirects, Ear::HangsUp]) {
        bench.set(ear);
        assert!(bench.watchdog().ping().await.is_err(), "{ear:?}");
        assert_eq!(
            bench.heard(),
            count,
            "{ear:?}: it is neither repeated nor sent elsewhere"
        );
    }
    bench.set(Ear::Hears);
    bench.watchdog().ping().await.unwrap();
}
