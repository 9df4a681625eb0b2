//! What a change is counted under.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{DeadlineStore, SaveDeadline},
    limit::{Limit, LimitKey, Quota, Rule},
    outbox::port::Outbox,
    port::Commit,
    sms::outbox::TextPayload,
    user::UserStore,
};

use super::story::{MUM, START, change, newest, promised, text};
use crate::contract::user::tag;

pub(super) async fn a_change_that_a_limit_refuses_stores_nothing(
    store: &(impl DeadlineStore + UserStore + Outbox<TextPayload>),
) {
    let first = promised(store).await;
    let limit = Limit {
        key: LimitKey::new("test.texts", *b"mum"),
        rule: Rule::Quota(Quota {
            events: 1,
            per: Duration::from_hours(1),
        }),
    };
    for (name, expected) in [(101, Commit::Stored(())), (102, Commit::Stale)] {
        let stored = newest(store).await;
        let mut told = change(Some(&stored), stored.deadline.clone());
        told.texts = vec![text(name, MUM, "the time")];
        let counted = SaveDeadline {
            change: told,
            outgoing: Vec::new(),
            counts: vec![limit.clone()],
            audit: Vec::new(),
            at: START,
        };
        assert_eq!(store.save(counted).await.unwrap(), expected);
    }
    assert_ne!(newest(store).await.revision, first.revision);
    assert!(store.progress(tag(101)).await.unwrap().is_some());
    assert!(store.progress(tag(102)).await.unwrap().is_none());
}
