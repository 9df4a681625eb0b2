//! One hiker, one account, one text, and the figures.

use thunderbird_domain::{
    account::{SessionStart, Started},
    admin::{Removal, RemoveUser},
    audit::Subject,
    id::MessageId,
    sms::inbound::Received,
    time::Timestamp,
    user::UserId,
};

use super::stage::{Administered, START, after, event, registered, text, texts};
use crate::contract::{account, inbox, sign_in, user::number};

/// A text of the hiker that is answered in two parts.
async fn texted(store: &impl Administered, last: u32, sid: u32) {
    let message = inbox::text(&number(last), sid, &situation(store, last).await);
    assert!(matches!(
        thunderbird_domain::sms::inbound::Inbox::commit(store, message)
            .await
            .unwrap(),
        Received::Stored(_)
    ));
}

async fn situation(store: &impl Administered, last: u32) -> thunderbird_domain::sms::inbound::SenderState {
    let digest = thunderbird_domain::sms::inbound::TextDigest::of(&inbox::message(&number(last), 0, "HELP"));
    store.sender_state(&number(last), digest, START).await.unwrap()
}

pub(super) async fn a_hikers_page_has_one_time_on_the_number(store: &impl Administered) {
    let sam = registered(store, 1, "Sam", "overland_track").await;
    registered(store, 2, "Kea", "overland_track").await;
    texted(store, 1, 1).await;
    texted(store, 2, 2).await;
    let page = store.user(sam).await.unwrap().unwrap();
    assert_eq!((page.user.id, page.user.phone.clone()), (sam, number(1)));
    assert_eq!((page.user.trail_name.as_str(), page.user.ended_at), ("Sam", None));
    assert!(!page.opted_out && page.contacts.is_empty() && page.check_ins.is_empty());
    let said: Vec<_> = page
        .conversation
        .iter()
        .map(|line| (line.state.is_inbound(), line.state.as_str()))
        .collect();
    assert_eq!(said, [(true, "answered"), (false, "replied"), (false, "replied")]);
    let opts_out = super::stage::opts_out(1);
    assert!(
        store
            .change_opt_out(opts_out, Vec::new(), event("opt_out.recorded", Subject::Service))
            .await
            .unwrap()
    );
    assert!(store.user(sam).await.unwrap().unwrap().opted_out);
    let remove = RemoveUser {
        user: sam,
        at: after(1),
        link: None,
        outgoing: Vec::new(),
        audit: Vec::new(),
    };
    assert_eq!(store.remove_user(remove).await.unwrap(), Removal::Stored);
    store.queue(vec![text(9, 1, after(2))], after(2)).await.unwrap();
    let page = store.user(sam).await.unwrap().unwrap();
    assert_eq!(page.user.ended_at, Some(after(1)));
    assert_eq!(page.conversation.len(), 3, "what comes later is another person's");
    assert_eq!(store.user(UserId::from_stored(999)).await.unwrap(), None);
}

pub(super) async fn an_accounts_page_has_live_sessions_and_every_number(store: &impl Administered) {
    let ada = account::registered(store, "ada", 1).await;
    let start = SessionStart {
        at: START,
        ..sign_in::start_of(&ada, 1)
    };
    assert!(matches!(store.start(start).await.unwrap(), Started::Stored(_)));
    let page = store.account(ada.id).await.unwrap().unwrap();
    assert_eq!(
        (page.account.email.as_str(), page.account.verified),
        ("ada@example.org", false)
    );
    assert_eq!((page.sessions.len(), page.sessions[0].created_at), (1, START));
    assert!(page.links.is_empty());
    let stranger = thunderbird_domain::account::AccountId::from_stored(999);
    assert_eq!(store.account(stranger).await.unwrap(), None);
}

pub(super) async fn one_text_is_found_by_its_row(store: &impl Administered) {
    store
        .queue(vec![text(1, 1, START), text(2, 2, START)], START)
        .await
        .unwrap();
    for line in texts(store).await {
        assert_eq!(store.message(line.id).await.unwrap(), Some(line));
    }
    assert_eq!(store.message(MessageId::from_stored(999)).await.unwrap(), None);
}

pub(super) async fn figures_count_by_hour_way_and_state(store: &impl Administered) {
    registered(store, 1, "Sam", "overland_track").await;
    account::registered(store, "ada", 1).await;
    texted(store, 1, 1).await;
    store
        .queue(vec![text(8, 2, after(120)), text(9, 3, after(120))], after(120))
        .await
        .unwrap();
    let figures = store.figures(START).await.unwrap();
    let count = |word| figures.texts(Timestamp::EPOCH, |state| state.as_str() == word);
    assert_eq!((count("answered"), count("replied"), count("queued")), (1, 2, 2));
    assert!(figures.buckets.is_sorted_by_key(|bucket| bucket.hour));
    assert_eq!((figures.users, figures.accounts, figures.dead), (1, 1, 0));
    assert_eq!(figures.oldest_unsent, Some(after(120)));
    let later = store.figures(after(120)).await.unwrap();
    assert_eq!(later.buckets.iter().map(|bucket| bucket.messages).sum::<u64>(), 2);
}
