//! What the end of a promise does to its texts.

use thunderbird_domain::{
    deadline::DeadlineStore,
    outbox::{
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    port::Commit,
    sms::outbox::TextPayload,
    user::UserStore,
};

use super::story::{MUM, START, alarmed, closing, lease, save};
use crate::contract::user::{number, tag};

pub(super) async fn the_end_withholds_what_waits_and_stands_down_who_was_alerted(
    store: &(impl DeadlineStore + UserStore + Outbox<TextPayload>),
) {
    let stored = alarmed(store).await;
    let sending = lease(store, 1).await.pop().unwrap();
    assert_eq!(sending.payload.to, number(MUM));
    assert_eq!(save(store, closing(&stored)).await, Commit::Stored(()));
    let waited = store.progress(tag(102)).await.unwrap().unwrap();
    assert_eq!(waited.state, SendState::Ended(Ended::Withheld));
    assert!(
        store.progress(tag(111)).await.unwrap().is_some(),
        "who may have the alert is stood down"
    );
    assert!(
        store.progress(tag(112)).await.unwrap().is_none(),
        "who has no alert needs no stand-down"
    );
    assert!(store.progress(tag(113)).await.unwrap().is_none());
    assert!(
        store.progress(tag(114)).await.unwrap().is_some(),
        "who has no stand-down reads that it is over"
    );
    let handed_out: Vec<_> = lease(store, 10)
        .await
        .into_iter()
        .map(|message| message.tag)
        .collect();
    assert_eq!(handed_out, [tag(114)], "the stand-down waits behind the alert");
}

pub(super) async fn who_may_have_an_alert_is_stood_down(
    store: &(impl DeadlineStore + UserStore + Outbox<TextPayload>),
) {
    let stored = alarmed(store).await;
    let sending = lease(store, 1).await.pop().unwrap();
    assert_eq!(sending.payload.to, number(MUM));
    let again = SendOutcome::Again {
        at: START,
        ambiguous: true,
        code: None,
    };
    store
        .settle(vec![Settlement::of(&sending, again, START)])
        .await
        .unwrap();
    assert_eq!(save(store, closing(&stored)).await, Commit::Stored(()));
    let waited = store.progress(tag(101)).await.unwrap().unwrap();
    assert_eq!(waited.state, SendState::Ended(Ended::Withheld));
    assert!(
        store.progress(tag(111)).await.unwrap().is_some(),
        "nobody knows whether the first attempt arrived"
    );
    assert!(store.progress(tag(112)).await.unwrap().is_none());
}

pub(super) async fn after_the_end_nothing_is_handed_out(
    store: &(impl DeadlineStore + UserStore + Outbox<TextPayload>),
) {
    let stored = alarmed(store).await;
    let sending = lease(store, 1).await.pop().unwrap();
    assert_eq!(save(store, closing(&stored)).await, Commit::Stored(()));
    let again = SendOutcome::Again {
        at: START,
        ambiguous: true,
        code: None,
    };
    store
        .settle(vec![Settlement::of(&sending, again, START)])
        .await
        .unwrap();
    let mut handed_out: Vec<_> = lease(store, 10)
        .await
        .into_iter()
        .map(|message| message.tag)
        .collect();
    handed_out.sort();
    assert_eq!(
        handed_out,
        [tag(111), tag(114)],
        "the alert is not sent again, and the stand-down follows it"
    );
    let ended = store.progress(tag(101)).await.unwrap().unwrap();
    assert_eq!(ended.state, SendState::Ended(Ended::Withheld));
}
