//! What every [`MessageLog`] promises.

use thunderbird_domain::{
    outgoing::Words,
    port::Commit,
    secret::Sealed,
    sms::inbound::{Inbox, Received, SenderState},
    time::Timestamp,
    user::{Direction, LoggedMessage, MessageLog, SaveUser, UserId, UserStore},
};

use super::{
    inbox::text,
    user::{number, registration},
};

/// Every promise of [`MessageLog`]. `empty` opens a fresh store for each.
pub async fn message_log<S: MessageLog + Inbox + UserStore>(empty: impl AsyncFn() -> S) {
    a_hiker_s_texts_and_answers_are_read_back_newest_first(&empty().await).await;
    a_secret_is_never_read_back(&empty().await).await;
}

async fn hiker(store: &impl UserStore, last: u32) -> UserId {
    let save = SaveUser {
        change: registration(&number(last), u8::try_from(last).unwrap()),
        outgoing: Vec::new(),
        counts: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
    };
    match store.commit(save).await.unwrap() {
        Commit::Stored(saved) => saved.user.id,
        Commit::Stale => panic!("nobody has this number"),
    }
}

/// Receives a text that is answered in two parts.
async fn receive(store: &(impl Inbox + UserStore), last: u32, sid: u32, sealed: bool) {
    let user = store.by_phone(&number(last)).await.unwrap();
    let mut received = text(
        &number(last),
        sid,
        &SenderState {
            user,
            ..SenderState::default()
        },
    );
    let digest = thunderbird_domain::sms::inbound::TextDigest::of(&received.message);
    let situation = store
        .sender_state(&number(last), digest, received.at)
        .await
        .unwrap();
    received.after = situation.history.newest;
    received.at = received.at.plus(std::time::Duration::from_secs(sid.into()));
    if sealed {
        received.body = Words::Sealed {
            sealed: Sealed {
                key_id: "k1".to_owned(),
                bytes: b"LINK".to_vec(),
            },
            until: Timestamp::from_micros(i64::MAX),
        };
    }
    let stored = Inbox::commit(store, received).await.unwrap();
    assert!(matches!(stored, Received::Stored(_)));
}

async fn a_hiker_s_texts_and_answers_are_read_back_newest_first(
    store: &(impl MessageLog + Inbox + UserStore),
) {
    let (one, other) = (hiker(store, 1).await, hiker(store, 2).await);
    receive(store, 1, 1, false).await;
    receive(store, 2, 2, false).await;
    receive(store, 1, 3, false).await;
    let log = store.messages(one, None, 50).await.unwrap();
    let bodies: Vec<_> = log.iter().map(|message| message.body.clone().unwrap()).collect();
    assert_eq!(
        bodies,
        [
            "answer 3, two",
            "answer 3, one",
            "HELP",
            "answer 1, two",
            "answer 1, one",
            "HELP"
        ]
    );
    assert_eq!(
        (log[0].direction, log[2].direction),
        (Direction::Out, Direction::In)
    );
    assert_eq!(log[0].state, "replied");
    assert_eq!(store.messages(other, None, 50).await.unwrap().len(), 3);
    let mut walked: Vec<LoggedMessage> = Vec::new();
    while let Some(next) = {
        let before = walked.last().map(|message| message.id);
        store.messages(one, before, 1).await.unwrap().pop()
    } {
        walked.push(next);
    }
    assert_eq!(walked, log);
}

async fn a_secret_is_never_read_back(store: &(impl MessageLog + Inbox + UserStore)) {
    let one = hiker(store, 1).await;
    receive(store, 1, 1, true).await;
    let log = store.messages(one, None, 50).await.unwrap();
    assert_eq!(log.last().unwrap().body, None);
}
