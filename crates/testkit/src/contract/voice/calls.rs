//! The queue of calls: leases and settlements.

use thunderbird_domain::{
    outbox::{
        port::Outbox,
        settle::SendOutcome,
        state::{Ended, SendState},
    },
    outgoing::{OutgoingCall, Words},
    time::Timestamp,
    voice::CallPayload,
};

use super::{
    closing, reports,
    stage::{Exchange, accepted, call, claim, later, leased, progress, queue, settle, sid, unknown},
};
use crate::contract::user::tag;

/// Runs the suite of the queue and of [`Calls`](thunderbird_domain::voice::Calls).
#[expect(private_bounds, reason = "it names what a store of calls touches")]
pub async fn calls<S: Exchange>(empty: impl AsyncFn() -> S) {
    a_call_waits_is_leased_once_and_is_taken_over(&empty().await).await;
    a_tag_is_queued_once(&empty().await).await;
    a_phone_is_called_by_one_call_at_a_time(&empty().await).await;
    an_attempt_may_be_repeated_later(&empty().await).await;
    a_lost_lease_changes_nothing_but_never_calls_again(&empty().await).await;
    a_lease_that_outlives_its_holder_is_found(&empty().await).await;
    what_is_too_old_expires_and_what_waits_too_long_is_due(&empty().await).await;
    reports::a_report_moves_a_call_forward_only(&empty().await).await;
    reports::a_report_may_come_before_the_answer(&empty().await).await;
    reports::a_report_shows_that_an_unknown_attempt_got_through(&empty().await).await;
    reports::what_no_call_can_be_changes_nothing(&empty().await).await;
    closing::a_call_follows_its_text_by_three_minutes(&empty().await).await;
    closing::a_call_without_its_text_comes_all_the_same(&empty().await).await;
    closing::no_call_is_leased_after_the_closing_commit(&empty().await).await;
    closing::a_claim_ends_the_calls_that_wait(&empty().await).await;
    closing::who_was_called_and_not_texted_is_stood_down(&empty().await).await;
    closing::a_number_that_wants_no_calls_has_none_until_it_is_ready(&empty().await).await;
    closing::who_is_no_contact_any_more_is_not_called(&empty().await).await;
    closing::who_has_texted_since_is_not_called(&empty().await, 0, true).await;
    closing::who_has_texted_since_is_not_called(&empty().await, 30, false).await;
}

async fn a_call_waits_is_leased_once_and_is_taken_over(store: &impl Exchange) {
    let unknown = Outbox::<CallPayload>::progress(store, tag(1)).await.unwrap();
    assert!(unknown.is_none());
    let tomorrow = OutgoingCall {
        not_before: later(60),
        ..call(2, 13)
    };
    queue(store, vec![call(1, 10), tomorrow]).await;
    let waiting = progress(store, tag(1)).await;
    assert_eq!((waiting.state, waiting.attempts), (SendState::Queued, 0));
    let taken = leased(store, 9, later(5)).await;
    assert_eq!(taken.len(), 1, "the other one is not due");
    assert_eq!((taken[0].tag, taken[0].attempts), (tag(1), 1));
    assert_eq!(taken[0].words, Some(Words::Plain("Sam is overdue.".to_owned())));
    assert!(leased(store, 8, later(5)).await.is_empty());
    settle(store, &taken[0], accepted(1)).await;
    let placed = progress(store, tag(1)).await;
    assert_eq!(placed.state, SendState::Accepted);
    assert_eq!(placed.receipt.unwrap().sid, Some(sid(1)));
    assert_eq!(leased(store, 7, later(60)).await.len(), 1);
}

async fn a_tag_is_queued_once(store: &impl Exchange) {
    queue(store, vec![call(1, 10)]).await;
    queue(store, vec![call(1, 13)]).await;
    let taken = leased(store, 9, later(0)).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].payload.to, call(1, 10).to);
}

async fn a_phone_is_called_by_one_call_at_a_time(store: &impl Exchange) {
    queue(store, vec![call(1, 10), call(2, 10), call(3, 13)]).await;
    let first = leased(store, 9, later(0)).await;
    let tags: Vec<_> = first.iter().map(|call| call.tag).collect();
    assert_eq!(tags, [tag(1), tag(3)], "of each phone the earliest");
    assert!(
        leased(store, 8, later(1)).await.is_empty(),
        "the first is being placed"
    );
    settle(store, &first[0], accepted(1)).await;
    assert!(leased(store, 8, later(2)).await.is_empty(), "the phone rings");
    let busy = super::stage::report(1, 10, 1, thunderbird_domain::voice::CallStatus::Busy);
    store.report(busy).await.unwrap();
    let second = leased(store, 8, later(21)).await;
    assert_eq!(second[0].tag, tag(2));
}

async fn an_attempt_may_be_repeated_later(store: &impl Exchange) {
    queue(store, vec![call(1, 10)]).await;
    let first = leased(store, 9, later(0)).await;
    settle(store, &first[0], unknown(30)).await;
    let waiting = progress(store, tag(1)).await;
    assert_eq!((waiting.state, waiting.ambiguous), (SendState::Queued, 1));
    assert_eq!(waiting.next_attempt_at, Some(later(30)));
    assert!(leased(store, 8, later(29)).await.is_empty());
    let second = leased(store, 8, later(30)).await;
    assert_eq!((second[0].attempts, second[0].ambiguous), (2, 1));
    let refused = SendOutcome::Ended {
        state: Ended::Failed,
        code: Some(21_214),
        ambiguous: false,
    };
    settle(store, &second[0], refused).await;
    let failed = progress(store, tag(1)).await;
    assert_eq!(
        (failed.state, failed.code),
        (SendState::Ended(Ended::Failed), Some(21_214))
    );
    assert!(leased(store, 7, later(60)).await.is_empty());
}

async fn a_lost_lease_changes_nothing_but_never_calls_again(store: &impl Exchange) {
    queue(store, vec![call(1, 10)]).await;
    let lost = leased(store, 9, later(0)).await;
    settle(store, &lost[0], unknown(10)).await;
    let held = leased(store, 8, later(10)).await;
    settle(store, &lost[0], SendOutcome::ended(Ended::Failed)).await;
    assert_eq!(progress(store, tag(1)).await.state, SendState::Sending);
    settle(store, &lost[0], accepted(1)).await;
    settle(store, &held[0], unknown(20)).await;
    assert_eq!(progress(store, tag(1)).await.state, SendState::Accepted);
    assert!(leased(store, 7, later(3_000)).await.is_empty());
}

async fn a_lease_that_outlives_its_holder_is_found(store: &impl Exchange) {
    queue(store, vec![call(1, 10), call(2, 13)]).await;
    assert_eq!(leased(store, 9, later(0)).await.len(), 2);
    let stranded = async |at: Timestamp| {
        let found = Outbox::<CallPayload>::stranded(store, at, 10).await.unwrap();
        found.iter().map(|call| call.tag).collect::<Vec<_>>()
    };
    assert!(stranded(later(59)).await.is_empty());
    assert_eq!(stranded(later(60)).await, [tag(1), tag(2)]);
    assert_eq!(progress(store, tag(1)).await.state, SendState::Sending);
}

async fn what_is_too_old_expires_and_what_waits_too_long_is_due(store: &impl Exchange) {
    let far = OutgoingCall {
        not_before: later(100_000),
        expires_at: later(200_000),
        ..call(2, 13)
    };
    queue(store, vec![call(1, 10), far, call(3, 14)]).await;
    let sweep = async |at| Outbox::<CallPayload>::sweep(store, at).await.unwrap();
    assert_eq!(
        sweep(later(10)).await,
        1,
        "it waits for a moment that no pause explains"
    );
    assert_eq!(progress(store, tag(2)).await.next_attempt_at, Some(later(10)));
    let claimed = claim(store, 9, later(3_600)).await;
    assert_eq!((claimed.messages.len(), claimed.expired), (1, 2));
    queue(store, vec![call(4, 15)]).await;
    assert_eq!(
        sweep(later(3_600)).await,
        1,
        "also while voice is off and nothing is leased"
    );
    for name in [1, 3, 4] {
        let state = progress(store, tag(name)).await.state;
        assert_eq!(state, SendState::Ended(Ended::Expired), "{name}");
    }
}
