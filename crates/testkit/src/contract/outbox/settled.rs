//! Settling: by whom, and what is forgotten.

use thunderbird_domain::{
    outbox::{
        settle::SendOutcome,
        state::{Ended, SendState},
    },
    outgoing::{Class, OutgoingText, Words},
    secret::Sealed,
};

use super::stage::{
    NOW, Outbox, accepted, after, aud, lease_at, progress, receipt, settle, sid, state, tag, tags, text,
};

pub(super) async fn settles_only_what_the_lease_holds(store: &dyn Outbox) {
    store.queue(vec![text(1, 1, Class::Notice)], NOW).await.unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW).await;
    let mut stranger = leased.messages[0].clone();
    stranger.lease = tag(99);
    let dead = SendOutcome::Ended {
        state: Ended::Dead,
        code: None,
        ambiguous: true,
    };
    settle(store, &stranger, dead.clone()).await;
    assert_eq!(state(store, 1).await, SendState::Sending);
    settle(
        store,
        &leased.messages[0],
        SendOutcome::Again {
            at: after(9),
            ambiguous: true,
            code: Some(7),
        },
    )
    .await;
    let waiting = progress(store, 1).await;
    assert_eq!(
        (waiting.state, waiting.code, waiting.attempts),
        (SendState::Queued, Some(7), 1)
    );
    settle(store, &leased.messages[0], dead).await;
    assert_eq!(state(store, 1).await, SendState::Queued, "a lease settles once");
    let second = lease_at(store, Class::Notice, 101, after(9)).await;
    assert_eq!(
        (second.messages[0].attempts, second.messages[0].ambiguous),
        (2, 1)
    );
}

pub(super) async fn never_sends_again_what_is_known_to_be_accepted(store: &dyn Outbox) {
    store.queue(vec![text(1, 1, Class::Notice)], NOW).await.unwrap();
    let late = lease_at(store, Class::Notice, 100, NOW).await.messages[0].clone();
    settle(
        store,
        &late,
        SendOutcome::Again {
            at: after(9),
            ambiguous: true,
            code: None,
        },
    )
    .await;
    settle(store, &late, accepted(1)).await;
    let known = progress(store, 1).await;
    assert_eq!(
        (known.state, known.receipt),
        (SendState::Accepted, Some(receipt(Some(sid(1)), 1, aud(51_500))))
    );
    assert_eq!(tags(&lease_at(store, Class::Notice, 101, after(9)).await), []);
}

pub(super) async fn shows_what_was_left_leased(store: &dyn Outbox) {
    store
        .queue(vec![text(1, 1, Class::Notice), text(2, 2, Class::Notice)], NOW)
        .await
        .unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW).await;
    settle(store, &leased.messages[1], accepted(2)).await;
    assert_eq!(store.stranded(after(59), 10).await.unwrap(), []);
    let stranded = store.stranded(after(60), 10).await.unwrap();
    assert_eq!(stranded, [leased.messages[0].clone()]);
    assert_eq!(
        store.stranded(after(60), 10).await.unwrap(),
        stranded,
        "they stay leased until settled"
    );
    settle(
        store,
        &stranded[0],
        SendOutcome::Again {
            at: after(61),
            ambiguous: true,
            code: None,
        },
    )
    .await;
    assert_eq!(store.stranded(after(999), 10).await.unwrap(), []);
}

pub(super) async fn erases_sealed_words_at_the_end(store: &dyn Outbox) {
    let sealed = |until| Words::Sealed {
        sealed: Sealed {
            key_id: "k1".to_owned(),
            bytes: vec![1, 2, 3],
        },
        until,
    };
    let secret = |number, until| OutgoingText {
        words: sealed(until),
        ..text(number, number, Class::Code)
    };
    store
        .queue(
            vec![secret(1, after(600)), secret(2, after(600)), secret(3, after(30))],
            NOW,
        )
        .await
        .unwrap();
    let leased = lease_at(store, Class::Code, 100, NOW).await;
    assert_eq!(leased.messages[0].words, Some(sealed(after(600))));
    settle(store, &leased.messages[0], accepted(1)).await;
    settle(
        store,
        &leased.messages[1],
        SendOutcome::Again {
            at: after(2),
            ambiguous: false,
            code: None,
        },
    )
    .await;
    assert!(!progress(store, 1).await.has_words);
    assert!(progress(store, 2).await.has_words);
    assert_eq!(store.sweep(after(29)).await.unwrap(), 0);
    assert_eq!(store.sweep(after(30)).await.unwrap(), 1);
    assert!(!progress(store, 3).await.has_words);
    assert!(progress(store, 2).await.has_words);
}

pub(super) async fn keeps_no_alarm_waiting_because_the_clock_was_set_back(store: &dyn Outbox) {
    let texts = [(1, Class::Alarm), (2, Class::Alarm), (3, Class::Safety)];
    let texts = texts.map(|(number, class)| text(number, number, class));
    store.queue(texts.to_vec(), NOW).await.unwrap();
    let again = |at| SendOutcome::Again {
        at,
        ambiguous: false,
        code: None,
    };
    for (class, name) in [(Class::Alarm, 100), (Class::Safety, 101)] {
        let leased = lease_at(store, class, name, NOW).await;
        for (message, at) in leased.messages.iter().zip([after(93_660), after(60)]) {
            settle(store, message, again(at)).await;
        }
    }
    assert_eq!(store.sweep(NOW).await.unwrap(), 1, "only an alarm, and no pause");
    let leased = lease_at(store, Class::Alarm, 102, NOW).await;
    assert_eq!(tags(&leased), [tag(1)]);
    assert!(lease_at(store, Class::Safety, 103, NOW).await.messages.is_empty());
    let leased = lease_at(store, Class::Alarm, 104, after(60)).await;
    assert!(tags(&leased).contains(&tag(2)));
    assert_eq!(store.sweep(NOW).await.unwrap(), 0);
}
