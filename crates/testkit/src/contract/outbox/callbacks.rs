//! What the provider says later.

use thunderbird_domain::{
    opt_out::OptOuts,
    outbox::state::SendState,
    outgoing::Class,
    sms::{
        delivery::Delivery,
        gateway::ProviderStatus,
        outbox::{CallbackResult, Reading},
    },
};

use super::stage::{
    NOW, Outbox, accepted, after, aud, callback, lease_at, phone, progress, receipt, sent, settle, sid,
    state, text,
};

pub(super) async fn hears_callbacks_once_and_never_goes_back(store: &dyn Outbox) {
    sent(store, 1).await;
    let say = async |status, code| store.hear(callback(1, status, code)).await.unwrap();
    assert_eq!(say(ProviderStatus::Sent, None).await, CallbackResult::Applied);
    assert_eq!(state(store, 1).await, SendState::Sent);
    assert_eq!(
        say(ProviderStatus::Delivered, None).await,
        CallbackResult::Applied
    );
    assert_eq!(say(ProviderStatus::Sent, None).await, CallbackResult::Repeated);
    assert_eq!(
        say(ProviderStatus::Undelivered, Some(30_003)).await,
        CallbackResult::Applied
    );
    let known = progress(store, 1).await;
    assert_eq!(
        (known.state, known.code),
        (SendState::Delivered, None),
        "a handset that has it keeps it"
    );
    sent(store, 2).await;
    let failed = callback(2, ProviderStatus::Undelivered, Some(30_005));
    store.hear(failed).await.unwrap();
    store
        .hear(callback(2, ProviderStatus::Accepted, None))
        .await
        .unwrap();
    let known = progress(store, 2).await;
    assert_eq!((known.state, known.code), (SendState::Undelivered, Some(30_005)));
}

pub(super) async fn keeps_a_callback_that_came_early(store: &dyn Outbox) {
    let early = callback(1, ProviderStatus::Delivered, None);
    assert_eq!(store.hear(early.clone()).await.unwrap(), CallbackResult::Kept);
    assert_eq!(store.hear(early).await.unwrap(), CallbackResult::Repeated);
    sent(store, 1).await;
    assert_eq!(state(store, 1).await, SendState::Delivered);
    assert_eq!(
        store.hear(callback(2, ProviderStatus::Sent, None)).await.unwrap(),
        CallbackResult::Kept
    );
    assert_eq!(store.sweep(after(86_401)).await.unwrap(), 0);
    assert_eq!(
        store.sweep(after(86_402)).await.unwrap(),
        1,
        "nobody claimed it for a day"
    );
    sent(store, 2).await;
    assert_eq!(state(store, 2).await, SendState::Accepted);
}

pub(super) async fn records_an_opt_out_that_the_provider_tells<S: Outbox + OptOuts>(store: &S) {
    let refused = |number| callback(number, ProviderStatus::Undelivered, Some(21_610));
    sent(store, 1).await;
    store
        .hear(callback(1, ProviderStatus::Undelivered, Some(30_003)))
        .await
        .unwrap();
    assert!(!store.is_opted_out(&phone(1)).await.unwrap());
    store.hear(refused(1)).await.unwrap();
    assert!(store.is_opted_out(&phone(1)).await.unwrap());
    store.hear(refused(2)).await.unwrap();
    assert!(
        !store.is_opted_out(&phone(2)).await.unwrap(),
        "whose sid it is, nobody knows yet"
    );
    sent(store, 2).await;
    assert!(store.is_opted_out(&phone(2)).await.unwrap());
}

pub(super) async fn reads_back_when_due(store: &dyn Outbox) {
    let text = sent(store, 1).await;
    assert_eq!(
        store.unread(after(601), 10).await.unwrap(),
        [],
        "an open delivery is read after an hour"
    );
    store.hear(callback(1, ProviderStatus::Sent, None)).await.unwrap();
    store
        .hear(callback(1, ProviderStatus::Delivered, None))
        .await
        .unwrap();
    assert_eq!(store.unread(after(601), 10).await.unwrap(), []);
    let due = store.unread(after(602), 10).await.unwrap();
    assert_eq!((due[0].id, &due[0].sid, due[0].readings), (text.id, &sid(1), 0));
    let reading = |price, segments, again_at| Reading {
        id: text.id,
        at: after(602),
        delivery: Some(Delivery::ACCEPTED),
        price,
        segments,
        again_at,
    };
    store
        .record(vec![reading(None, None, Some(after(3_602)))])
        .await
        .unwrap();
    let known = progress(store, 1).await;
    assert_eq!(
        (known.state, known.receipt),
        (SendState::Delivered, Some(receipt(Some(sid(1)), 1, aud(51_500))))
    );
    let due = store.unread(after(3_602), 10).await.unwrap();
    assert_eq!(due[0].readings, 1);
    store
        .record(vec![reading(Some(aud(7_500)), Some(2), None)])
        .await
        .unwrap();
    let known = progress(store, 1).await;
    assert_eq!(known.receipt, Some(receipt(Some(sid(1)), 2, aud(7_500))));
    assert_eq!(store.unread(after(999_999), 10).await.unwrap(), []);
}

pub(super) async fn reads_an_alarm_back_ten_minutes_after_it_was_taken_over(store: &dyn Outbox) {
    store.queue(vec![text(1, 1, Class::Alarm)], NOW).await.unwrap();
    let leased = lease_at(store, Class::Alarm, 100, NOW).await;
    settle(store, &leased.messages[0], accepted(1)).await;
    assert_eq!(store.unread(after(600), 10).await.unwrap(), []);
    let due = store.unread(after(601), 10).await.unwrap();
    assert_eq!(
        (due[0].class, due[0].delivery),
        (Class::Alarm, Delivery::ACCEPTED)
    );
    store.hear(callback(1, ProviderStatus::Sent, None)).await.unwrap();
    assert_eq!(store.unread(after(601), 10).await.unwrap(), []);
    assert_eq!(store.unread(after(602), 10).await.unwrap().len(), 1);
    let sent = Delivery {
        status: ProviderStatus::Sent,
        code: None,
    };
    let reading = |delivery, at, again_at| Reading {
        id: leased.messages[0].id,
        at,
        delivery,
        price: None,
        segments: None,
        again_at,
    };
    let again = reading(Some(sent), after(602), Some(after(1_202)));
    store.record(vec![again]).await.unwrap();
    assert_eq!(store.unread(after(1_202), 10).await.unwrap()[0].readings, 1);
    let delivered = Delivery {
        status: ProviderStatus::Delivered,
        code: None,
    };
    let last = reading(Some(delivered), after(1_202), None);
    store.record(vec![last]).await.unwrap();
    assert_eq!(state(store, 1).await, SendState::Delivered);
    assert_eq!(store.unread(after(999_999), 10).await.unwrap(), []);
}

pub(super) async fn gives_one_sid_to_one_text(store: &dyn Outbox) {
    sent(store, 1).await;
    store.queue(vec![text(2, 2, Class::Notice)], NOW).await.unwrap();
    let leased = lease_at(store, Class::Notice, 100, NOW).await;
    settle(store, &leased.messages[0], accepted(1)).await;
    let second = progress(store, 2).await;
    assert_eq!(
        (second.state, second.receipt),
        (SendState::Accepted, Some(receipt(None, 1, aud(51_500)))),
        "settled all the same"
    );
    assert_eq!(progress(store, 1).await.receipt.unwrap().sid, Some(sid(1)));
}
