//! What a store of inbound texts promises about texts that no webhook brought.

use std::time::Duration;

use thunderbird_domain::sms::inbound::{Inbox, ReceiveText, Received, SenderState};

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
