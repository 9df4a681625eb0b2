//! What retention takes of promises: those that were closed long ago, whole.

use std::time::Duration;

use thunderbird_domain::{
    deadline::DeadlineStore,
    port::Commit,
    privacy::{BODIES_KEPT, METADATA_KEPT, PrivacyStore, RetentionCutoffs},
    sms::inbound::Inbox,
    user::UserStore,
};

use super::{
    super::user::number,
    story::{
        HIKER, MUM, START, alarmed, alarms, alerted, change, closing, hiker, known, newest, promise,
        promised, save,
    },
};

pub(super) async fn what_was_written_about_a_trip_is_erased_a_month_after_its_end<S>(store: &S)
where
    S: DeadlineStore + UserStore + PrivacyStore,
{
    let open = promised(store).await;
    assert!(!open.deadline.plan.is_empty());
    let plan = async |after: Duration| {
        let cutoffs = RetentionCutoffs::at(START.plus(after));
        while store.forget(cutoffs).await.unwrap() > 0 {}
        newest(store).await.deadline.plan
    };
    assert_eq!(
        plan(BODIES_KEPT * 3).await,
        open.deadline.plan,
        "as long as it is open"
    );
    assert_eq!(save(store, closing(&open)).await, Commit::Stored(()));
    assert_eq!(plan(BODIES_KEPT).await, open.deadline.plan);
    assert!(plan(BODIES_KEPT + Duration::from_secs(1)).await.is_empty());
    assert!(
        !newest(store).await.deadline.is_open(),
        "the promise itself stays"
    );
}

pub(super) async fn a_closed_promise_is_forgotten_and_an_open_one_never<S>(store: &S)
where
    S: DeadlineStore + UserStore + Inbox + PrivacyStore,
{
    let first = alarmed(store).await;
    let user = first.deadline.user;
    assert_eq!(save(store, closing(&first)).await, Commit::Stored(()));
    let mut second = promise(user, HIKER, 8);
    second.replaces = Some(first.id);
    assert_eq!(save(store, change(None, second)).await, Commit::Stored(()));
    let other = hiker(store, HIKER + 1).await;
    let lost = promise(other, HIKER + 1, 7);
    assert_eq!(save(store, change(None, lost)).await, Commit::Stored(()));
    alerted(store, &known(store, HIKER + 1).await.deadline.unwrap(), 130).await;
    let forget = async |after: Duration| {
        let cutoffs = RetentionCutoffs::at(START.plus(after));
        while store.forget(cutoffs).await.unwrap() > 0 {}
        store.of_user(user, None, 10).await.unwrap().len()
    };
    assert_eq!(forget(METADATA_KEPT).await, 2, "as long as the texts about it");
    assert_eq!(forget(METADATA_KEPT + Duration::from_secs(1)).await, 1);
    let open = newest(store).await;
    assert!(open.deadline.is_open());
    assert_eq!(open.deadline.replaces, None, "what it took the place of is gone");
    assert_eq!(forget(METADATA_KEPT * 10).await, 1);
    let alarm = known(store, HIKER + 1).await.deadline.unwrap();
    assert!(alarm.deadline.is_open() && alarm.deadline.alarm.is_some());
    let long_after = START.plus(METADATA_KEPT * 10);
    assert_eq!(
        alarms(store, &number(MUM), long_after).await,
        1,
        "it can still be found"
    );
    assert_eq!(save(store, closing(&open)).await, Commit::Stored(()));
    assert_eq!(forget(METADATA_KEPT * 10).await, 0);
    assert_eq!(known(store, HIKER).await.deadline, None);
    assert_eq!(
        save(store, change(None, promise(user, HIKER, 9))).await,
        Commit::Stored(())
    );
    assert!(newest(store).await.id > alarm.id, "an id is never given twice");
}
