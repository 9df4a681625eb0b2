//! What the provider reports of placed calls.

use thunderbird_domain::{
    outbox::state::SendState,
    voice::{CallHeard, CallStatus, Calls, Key},
};

use super::stage::{Exchange, accepted, call, later, leased, progress, queue, report, settle, sid, unknown};
use crate::contract::user::tag;

async fn status(store: &impl Calls, name: u8) -> Option<CallStatus> {
    store.call(tag(name)).await.unwrap().unwrap().status
}

pub(super) async fn a_report_moves_a_call_forward_only(store: &impl Exchange) {
    assert!(store.call(tag(1)).await.unwrap().is_none());
    queue(store, vec![call(1, 10)]).await;
    let taken = leased(store, 9, later(0)).await;
    settle(store, &taken[0], accepted(1)).await;
    let steps = [
        (CallStatus::Ringing, CallHeard::Applied, SendState::Sent),
        (CallStatus::Ringing, CallHeard::Known, SendState::Sent),
        (CallStatus::Answered, CallHeard::Applied, SendState::Delivered),
        (CallStatus::Initiated, CallHeard::Known, SendState::Delivered),
        (CallStatus::Completed, CallHeard::Applied, SendState::Delivered),
        (CallStatus::NoAnswer, CallHeard::Known, SendState::Delivered),
    ];
    for (said, heard, state) in steps {
        assert_eq!(
            store.report(report(1, 10, 1, said)).await.unwrap(),
            heard,
            "{said:?}"
        );
        assert_eq!(progress(store, tag(1)).await.state, state, "{said:?}");
    }
    assert_eq!(status(store, 1).await, Some(CallStatus::Completed));
    store.press(tag(1), Key::Acting, later(30)).await.unwrap();
    let stored = store.call(tag(1)).await.unwrap().unwrap();
    assert_eq!((stored.key, stored.sid), (Some(Key::Acting), Some(sid(1))));
    assert_eq!(stored.words.as_deref(), Some("Sam is overdue."));
}

pub(super) async fn a_report_may_come_before_the_answer(store: &impl Exchange) {
    queue(store, vec![call(1, 10)]).await;
    let taken = leased(store, 9, later(0)).await;
    let heard = store
        .report(report(1, 10, 1, CallStatus::Answered))
        .await
        .unwrap();
    assert_eq!(heard, CallHeard::Applied);
    settle(store, &taken[0], accepted(1)).await;
    assert_eq!(progress(store, tag(1)).await.state, SendState::Delivered);
}

pub(super) async fn a_report_shows_that_an_unknown_attempt_got_through(store: &impl Exchange) {
    queue(store, vec![call(1, 10)]).await;
    let taken = leased(store, 9, later(0)).await;
    settle(store, &taken[0], unknown(5)).await;
    let heard = store.report(report(1, 10, 1, CallStatus::Ringing)).await.unwrap();
    assert_eq!(heard, CallHeard::Applied);
    assert!(
        leased(store, 8, later(3_000)).await.is_empty(),
        "it is not placed again"
    );
    let other = store
        .report(report(1, 10, 2, CallStatus::Completed))
        .await
        .unwrap();
    assert_eq!(other, CallHeard::Known, "the other call of the unknown attempt");
    assert_eq!(status(store, 1).await, Some(CallStatus::Ringing));
    let stored = store.call(tag(1)).await.unwrap().unwrap();
    assert!(
        stored.can_be(&sid(2), &stored.to),
        "its phone is answered all the same"
    );
}

pub(super) async fn what_no_call_can_be_changes_nothing(store: &impl Exchange) {
    queue(store, vec![call(1, 10), call(2, 13)]).await;
    let early = store
        .report(report(1, 10, 1, CallStatus::Answered))
        .await
        .unwrap();
    assert_eq!(early, CallHeard::Unknown, "no attempt was made");
    let taken = leased(store, 9, later(0)).await;
    settle(store, &taken[0], accepted(1)).await;
    for (name, to, by) in [(1, 13, 1), (1, 10, 2), (3, 10, 1)] {
        let heard = store
            .report(report(name, to, by, CallStatus::Completed))
            .await
            .unwrap();
        assert_eq!(heard, CallHeard::Unknown, "{name} {to} {by}");
    }
    assert_eq!(status(store, 1).await, None);
    assert_eq!(progress(store, tag(1)).await.state, SendState::Accepted);
}
