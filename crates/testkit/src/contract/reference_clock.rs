//! The promises of [`ReferenceClock`].

use std::time::Duration;

use thunderbird_domain::time::{ReferenceClock, Timestamp};

/// An answer tells whole seconds, and takes a moment to arrive.
const CLOSE: Duration = Duration::from_secs(3);

const DAY: i64 = 24 * 3_600;

/// A second clock whose answers can be told what to show.
#[expect(async_fn_in_trait, reason = "only tests of this workspace call it")]
pub trait ReferenceBench {
    /// The second clock.
    fn clock(&self) -> &dyn ReferenceClock;
    /// What the machine's clock shows.
    fn now(&self) -> Timestamp;
    /// Gets an answer whose clock is so many seconds ahead of the machine's; `None` for one that shows no time.
    async fn answers(&self, ahead: Option<i64>);
}

/// Every promise of the second clock; `fresh` sets up one for each.
pub async fn reference_clock<B: ReferenceBench>(fresh: impl AsyncFn() -> B) {
    says_nothing_before_it_was_asked(&fresh().await).await;
    shows_the_time_of_its_answers(&fresh().await).await;
    one_contradiction_changes_nothing_and_two_do(&fresh().await).await;
}

/// Whether the clock shows the machine's time and this many seconds, by an answer of the last moments.
fn shows(bench: &impl ReferenceBench, ahead: u64) -> bool {
    let last = bench.clock().last().unwrap();
    let expected = bench.now().plus(Duration::from_secs(ahead));
    last.at.within(CLOSE, expected) && last.age < CLOSE
}

async fn says_nothing_before_it_was_asked(bench: &impl ReferenceBench) {
    assert_eq!(bench.clock().last(), None);
    bench.answers(None).await;
    assert_eq!(bench.clock().last(), None, "the answer showed no time");
}

async fn shows_the_time_of_its_answers(bench: &impl ReferenceBench) {
    bench.answers(Some(DAY)).await;
    assert!(shows(bench, DAY.unsigned_abs()));
    bench.answers(None).await;
    assert!(
        shows(bench, DAY.unsigned_abs()),
        "what it said last is remembered"
    );
}

async fn one_contradiction_changes_nothing_and_two_do(bench: &impl ReferenceBench) {
    bench.answers(Some(0)).await;
    bench.answers(Some(DAY)).await;
    assert!(shows(bench, 0));
    bench.answers(Some(DAY)).await;
    assert!(shows(bench, DAY.unsigned_abs()));
}
