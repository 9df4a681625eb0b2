//! What a store of inbound texts promises about texts that no webhook brought, and about a number's own words.

use std::time::Duration;

use thunderbird_domain::{
    outgoing::Words,
    sms::inbound::{Inbox, ReceiveText, Received, SenderState},
};

use super::{
    inbox::{START, known, message, text},
    user::number,
};

pub(super) async fn a_fetched_text_is_known_by_its_sid_and_dated_by_its_sender(store: &impl Inbox) {
    let phone = number(6);
    let sids = |sids: &[u32]| {
        sids.iter()
            .map(|sid| message(&phone, *sid, "").sid)
            .collect::<Vec<_>>()
    };
    assert!(store.unseen(Vec::new()).await.unwrap().is_empty());
    let texted_at = START.minus(Duration::from_mins(20));
    let fetched = ReceiveText {
        texted_at: Some(texted_at),
        ..text(&phone, 1, &SenderState::default())
    };
    assert!(matches!(
        store.commit(fetched).await.unwrap(),
        Received::Stored(_)
    ));
    let many: Vec<u32> = (1..=250).collect();
    let unseen = store.unseen(sids(&many)).await.unwrap();
    assert_eq!(unseen, sids(&many[1..]).into_iter().collect());
    let history = known(store, &phone, START).await.history;
    assert_eq!(history.newest_command_at, Some(texted_at));
    let brought = text(&phone, 2, &known(store, &phone, START).await);
    assert!(matches!(
        store.commit(brought).await.unwrap(),
        Received::Stored(_)
    ));
    let history = known(store, &phone, START).await.history;
    assert_eq!(history.newest_command_at, Some(START));
}

pub(super) async fn a_number_s_own_texts_are_read_newest_first_without_secrets(store: &impl Inbox) {
    let (phone, other) = (number(6), number(7));
    let secret = Words::Sealed {
        sealed: thunderbird_domain::secret::Sealed {
            bytes: vec![1, 2, 3],
            key_id: "test".to_owned(),
        },
        until: START.plus(Duration::from_hours(1)),
    };
    let texts = [
        (&phone, 0, Words::Plain("too old".to_owned())),
        (&phone, 10, Words::Plain("first".to_owned())),
        (&phone, 11, secret),
        (&other, 12, Words::Plain("somebody else".to_owned())),
        (&phone, 13, Words::Plain("second".to_owned())),
        (&phone, 14, Words::Plain("third".to_owned())),
    ];
    for (sid, (from, minutes, body)) in (1..).zip(texts) {
        let at = START.plus(Duration::from_mins(minutes));
        let received = ReceiveText {
            at,
            body,
            ..text(from, sid, &known(store, from, at).await)
        };
        assert!(matches!(
            store.commit(received).await.unwrap(),
            Received::Stored(_)
        ));
    }
    let since = START.plus(Duration::from_mins(10));
    let read = async |limit| store.own_texts(&phone, since, limit).await.unwrap();
    assert_eq!(read(10).await, ["third", "second", "first"]);
    assert_eq!(read(2).await, ["third", "second"]);
    assert!(store.own_texts(&number(8), since, 10).await.unwrap().is_empty());
}
