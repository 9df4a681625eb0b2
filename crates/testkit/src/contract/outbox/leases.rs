//! Claiming: order, life, opt-outs, the daily cap.

use std::sync::Arc;
use std::time::Duration;

use thunderbird_domain::{
    opt_out::{OptOutChange, OptOutSource, OptOuts},
    outbox::{
        lease::LeaseOrder,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{Class, OutgoingText, Words},
    time::Timestamp,
};

use super::stage::{
    NOW, Outbox, accepted, after, lease_at, phone, progress, settle, settled, state, tag, tags, text,
};

pub(super) async fn leases_in_order_one_at_a_time_per_recipient_and_class(store: &dyn Outbox) {
    let texts = vec![
        text(1, 1, Class::Notice),
        text(2, 2, Class::Notice),
        text(3, 1, Class::Notice),
        text(4, 1, Class::Safety),
    ];
    store.queue(texts, NOW).await.unwrap();
    let first = lease_at(store, Class::Notice, 100, NOW).await;
    assert_eq!(
        tags(&first),
        [tag(1), tag(2)],
        "the third waits for the first, to the same recipient"
    );
    assert_eq!(first.messages[0].words, Some(Words::Plain("text 1".to_owned())));
    assert_eq!((first.messages[0].attempts, first.claimed_today), (1, 2));
    assert_eq!(
        tags(&lease_at(store, Class::Safety, 101, NOW).await),
        [tag(4)],
        "Safety waits for no other class"
    );
    assert_eq!(tags(&lease_at(store, Class::Notice, 102, NOW).await), []);
    let again = SendOutcome::Again {
        at: after(5),
        ambiguous: false,
        code: Some(20_429),
    };
    settle(store, &first.messages[0], again).await;
    assert_eq!(
        tags(&lease_at(store, Class::Notice, 103, after(4)).await),
        [],
        "nor does the third overtake the first"
    );
    let second = lease_at(store, Class::Notice, 104, after(5)).await;
    assert_eq!((tags(&second), second.messages[0].attempts), (vec![tag(1)], 2));
    assert_eq!(
        second.claimed_today, 3,
        "a text counts once, at its first attempt"
    );
    settle(store, &second.messages[0], accepted(1)).await;
    assert_eq!(
        tags(&lease_at(store, Class::Notice, 105, after(5)).await),
        [tag(3)]
    );
}

pub(super) async fn gives_a_text_to_one_of_many_leases<S: Outbox + 'static>(store: Arc<S>) {
    store
        .queue((1..=20).map(|n| text(n, n, Class::Notice)).collect(), NOW)
        .await
        .unwrap();
    let mut leases = Vec::new();
    for name in 100..116 {
        let store = Arc::clone(&store);
        leases.push(tokio::spawn(async move {
            tags(&lease_at(&*store, Class::Notice, name, NOW).await)
        }));
    }
    let mut claimed = Vec::new();
    for lease in leases {
        claimed.extend(lease.await.unwrap());
    }
    claimed.sort_unstable();
    assert_eq!(claimed, (1..=20).map(tag).collect::<Vec<_>>());
}

pub(super) async fn leases_nothing_before_its_time(store: &dyn Outbox) {
    let later = OutgoingText {
        not_before: after(5),
        ..text(1, 1, Class::Notice)
    };
    store
        .queue(vec![later, text(2, 2, Class::Safety)], NOW)
        .await
        .unwrap();
    assert_eq!(
        tags(&lease_at(store, Class::Notice, 100, after(4)).await),
        [],
        "nor anything of another class"
    );
    assert_eq!(progress(store, 1).await.next_attempt_at, Some(after(5)));
    assert_eq!(
        tags(&lease_at(store, Class::Notice, 101, after(5)).await),
        [tag(1)]
    );
}

pub(super) async fn waits_for_no_text_whose_time_has_not_come(store: &dyn Outbox) {
    let later = OutgoingText {
        not_before: after(5),
        ..text(1, 1, Class::Safety)
    };
    store
        .queue(vec![later, text(2, 1, Class::Safety)], NOW)
        .await
        .unwrap();
    let now = lease_at(store, Class::Safety, 100, after(4)).await;
    assert_eq!(tags(&now), [tag(2)]);
    settle(store, &now.messages[0], accepted(2)).await;
    assert_eq!(
        tags(&lease_at(store, Class::Safety, 101, after(5)).await),
        [tag(1)]
    );
}

pub(super) async fn ends_what_is_too_old(store: &dyn Outbox) {
    let old = OutgoingText {
        expires_at: after(10),
        ..text(1, 1, Class::Notice)
    };
    store
        .queue(vec![old, text(2, 1, Class::Notice)], NOW)
        .await
        .unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW.plus(Duration::from_millis(9_001))).await;
    assert_eq!(
        (leased.expired, tags(&leased)),
        (1, vec![tag(2)]),
        "the next of the recipient goes at once"
    );
    assert_eq!(state(store, 1).await, SendState::Ended(Ended::Expired));
}

pub(super) async fn withholds_from_who_opted_out<S: Outbox + OptOuts>(store: &S) {
    let mut texts: Vec<_> = (1..=100).map(|n| text(n, 1, Class::Notice)).collect();
    texts.push(text(101, 2, Class::Notice));
    store.queue(texts, NOW).await.unwrap();
    let first = lease_at(store, Class::Notice, 200, NOW).await;
    assert_eq!(tags(&first), [tag(1), tag(101)]);
    let opt_out = OptOutChange::Record {
        phone: phone(1),
        source: OptOutSource::Carrier,
        at: after(1),
    };
    let outcome = SendOutcome::Ended {
        state: Ended::Failed,
        code: Some(21_610),
        ambiguous: false,
    };
    let refused = Settlement {
        opt_out: Some(opt_out),
        ..settled(&first.messages[0], outcome)
    };
    store
        .settle(vec![refused, settled(&first.messages[1], accepted(101))])
        .await
        .unwrap();
    assert!(store.is_opted_out(&phone(1)).await.unwrap());
    assert!(!store.is_opted_out(&phone(2)).await.unwrap());
    let second = lease_at(store, Class::Notice, 201, after(1)).await;
    assert_eq!((tags(&second), second.withheld), (vec![], 99));
    for number in 2..=100 {
        assert_eq!(state(store, number).await, SendState::Ended(Ended::Withheld));
    }
}

pub(super) async fn holds_back_what_has_a_room_at_the_daily_cap(store: &dyn Outbox) {
    let notices = (1..=4).map(|n| text(n, n, Class::Notice));
    store
        .queue(
            notices
                .chain([text(5, 5, Class::Safety), text(6, 6, Class::Safety)])
                .collect(),
            NOW,
        )
        .await
        .unwrap();
    let capped = |name, class, room, now: Timestamp| LeaseOrder {
        class,
        limit: 100,
        lease: tag(name),
        now,
        until: now.plus(Duration::from_mins(1)),
        daily_room: room,
    };
    let first = store
        .lease(capped(100, Class::Notice, Some(2), NOW))
        .await
        .unwrap();
    assert_eq!((tags(&first), first.capped), (vec![tag(1), tag(2)], true));
    let safety = store.lease(capped(101, Class::Safety, None, NOW)).await.unwrap();
    assert_eq!(
        (safety.messages.len(), safety.capped, safety.claimed_today),
        (2, false, 4)
    );
    assert_eq!(state(store, 3).await, SendState::Queued);
    let again = SendOutcome::Again {
        at: after(2),
        ambiguous: false,
        code: None,
    };
    settle(store, &first.messages[0], again).await;
    let retried = store
        .lease(capped(102, Class::Notice, Some(2), after(2)))
        .await
        .unwrap();
    assert_eq!(tags(&retried), [tag(1)], "another attempt is no other text");
    let mut tomorrow = Vec::new();
    for number in [7, 8] {
        tomorrow.push(OutgoingText {
            expires_at: after(200_000),
            ..text(number, number, Class::Notice)
        });
    }
    store.queue(tomorrow, NOW).await.unwrap();
    let next_day = store
        .lease(capped(103, Class::Notice, Some(2), after(86_400)))
        .await
        .unwrap();
    assert_eq!((tags(&next_day), next_day.expired), (vec![tag(7), tag(8)], 2));
}

pub(super) async fn queues_a_tag_once(store: &dyn Outbox) {
    store.queue(vec![text(1, 1, Class::Notice)], NOW).await.unwrap();
    store
        .queue(vec![text(1, 2, Class::Notice), text(2, 3, Class::Notice)], NOW)
        .await
        .unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW).await;
    assert_eq!(
        (tags(&leased), &leased.messages[0].payload.to),
        (vec![tag(1), tag(2)], &phone(1))
    );
    assert_eq!(store.progress(tag(9)).await.unwrap(), None);
}
