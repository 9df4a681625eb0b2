//! What every store of promises promises.

mod call;
mod counted;
mod end;
mod forgotten;
mod hiker;
pub(super) mod story;
mod survey;

use std::time::Duration;

use thunderbird_domain::{
    deadline::{Claimed, Deadline, DeadlineStore, Hold, How, State, TripWords},
    outbox::port::Outbox,
    pager::PageLog,
    phone_number::PhoneNumber,
    port::Commit,
    privacy::PrivacyStore,
    sms::{
        inbound::{ALARM_REMEMBERED, Inbox, TextDigest},
        outbox::{DeliveryReports, TextPayload},
    },
    user::{SaveUser, UserStore},
};

use self::story::{
    DAD, HIKER, MUM, START, alarmed, alarms, alerted, change, closing, hiker, known, lease, newest, promise,
    promised, save, text,
};
use super::{
    phone::Phonebook,
    user::{number, registration, tag},
};

/// The promises of [`DeadlineStore`].
pub async fn deadline<S>(empty: impl AsyncFn() -> S)
where
    S: DeadlineStore + DeliveryReports + Inbox + PageLog + Phonebook + PrivacyStore + Clone,
{
    a_promise_is_read_back_as_stored(&empty().await).await;
    a_hiker_has_one_open_promise(&empty().await).await;
    a_hiker_s_promises_are_listed_newest_first(&empty().await).await;
    a_change_of_an_old_state_stores_nothing(&empty().await).await;
    a_promise_is_found_by_its_words(&empty().await).await;
    what_is_due_comes_oldest_first(&empty().await).await;
    an_alarm_comes_before_older_questions(&empty().await).await;
    end::the_end_withholds_what_waits_and_stands_down_who_was_alerted(&empty().await).await;
    end::who_may_have_an_alert_is_stood_down(&empty().await).await;
    end::after_the_end_nothing_is_handed_out(&empty().await).await;
    call::a_call_stands_beside_a_promise_which_rests(&empty().await).await;
    call::a_promise_in_alarm_does_not_rest(&empty().await).await;
    counted::a_change_that_a_limit_refuses_stores_nothing(&empty().await).await;
    a_hiker_s_change_closes_a_promise_with_it_or_not_at_all(&empty().await).await;
    an_alerted_number_finds_its_alarm(&empty().await).await;
    alarms_come_in_the_order_of_their_alerts(&empty().await).await;
    forgotten::what_was_written_about_a_trip_is_erased_a_month_after_its_end(&empty().await).await;
    forgotten::a_closed_promise_is_forgotten_and_an_open_one_never(&empty().await).await;
    hiker::the_watch_knows_the_whole_hiker(&empty().await).await;
    hiker::the_watch_knows_when_the_phone_last_texted(&empty().await).await;
    hiker::a_word_that_stopped_our_texts_is_quoted(&empty().await).await;
    hiker::a_hiker_who_has_left_is_due_at_any_time(&empty().await).await;
    hiker::a_stand_down_leaves_although_the_hiker_has_left(&empty().await).await;
    hiker::an_alert_ends_with_the_hiker_s_time(&empty().await).await;
    survey::an_alarm_is_surveyed_until_it_ends(&empty().await).await;
    survey::an_alarm_without_contacts_has_reached_nobody(&empty().await).await;
    survey::promises_are_counted_by_who_can_be_reached(&empty().await).await;
}

async fn a_promise_is_read_back_as_stored(store: &(impl DeadlineStore + UserStore)) {
    let stored = promised(store).await;
    assert_eq!(stored.deadline, promise(stored.deadline.user, HIKER, 5));
    let alarmed_state = {
        let late = stored.deadline.due_at.plus(Duration::from_hours(2));
        let mut state = stored
            .deadline
            .step(stored.deadline.due_at, Hold::Nothing)
            .unwrap()
            .deadline;
        state = state
            .step(late.minus(Duration::from_hours(1)), Hold::Nothing)
            .unwrap()
            .deadline;
        state.alert([(number(MUM), "Mum".to_owned())], late);
        match state.claim(&number(MUM), late) {
            Claimed::Acting(state) => state,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        save(store, change(Some(&stored), alarmed_state.clone())).await,
        Commit::Stored(())
    );
    let acting = newest(store).await;
    assert_eq!(acting.deadline, alarmed_state);
    assert_ne!(acting.revision, stored.revision);
    let closed = acting.deadline.closed(How::Found, Some(number(MUM)), START);
    assert_eq!(
        save(store, change(Some(&acting), closed.clone())).await,
        Commit::Stored(())
    );
    assert_eq!(newest(store).await.deadline, closed);
}

async fn a_hiker_has_one_open_promise(store: &(impl DeadlineStore + UserStore)) {
    let first = promised(store).await;
    let user = first.deadline.user;
    assert_eq!(
        save(store, change(None, promise(user, HIKER, 6))).await,
        Commit::Stale
    );
    assert_eq!(newest(store).await, first);
    let other = hiker(store, HIKER + 1).await;
    assert_eq!(
        save(store, change(None, promise(other, HIKER + 1, 7))).await,
        Commit::Stored(())
    );
    assert_eq!(save(store, closing(&first)).await, Commit::Stored(()));
    assert_eq!(
        save(store, change(None, promise(user, HIKER, 8))).await,
        Commit::Stored(())
    );
    assert!(newest(store).await.deadline.is_open());
}

async fn a_hiker_s_promises_are_listed_newest_first(store: &(impl DeadlineStore + UserStore)) {
    let first = promised(store).await;
    let user = first.deadline.user;
    assert_eq!(save(store, closing(&first)).await, Commit::Stored(()));
    assert_eq!(
        save(store, change(None, promise(user, HIKER, 8))).await,
        Commit::Stored(())
    );
    let other = hiker(store, HIKER + 1).await;
    assert_eq!(
        save(store, change(None, promise(other, HIKER + 1, 7))).await,
        Commit::Stored(())
    );
    let all = store.of_user(user, None, 10).await.unwrap();
    let open: Vec<bool> = all.iter().map(|stored| stored.deadline.is_open()).collect();
    assert_eq!(open, [true, false], "the newest first, and only this hiker's");
    let page = store.of_user(user, None, 1).await.unwrap();
    assert_eq!(page, all[..1]);
    let older = store.of_user(user, Some(all[0].id), 10).await.unwrap();
    assert_eq!(older, all[1..]);
}

async fn a_change_of_an_old_state_stores_nothing(
    store: &(impl DeadlineStore + UserStore + Outbox<TextPayload>),
) {
    let stored = promised(store).await;
    let asked = stored
        .deadline
        .step(stored.deadline.due_at, Hold::Nothing)
        .unwrap()
        .deadline;
    assert_eq!(
        save(store, change(Some(&stored), asked)).await,
        Commit::Stored(())
    );
    let before = newest(store).await;
    let mut late = closing(&stored);
    late.texts = vec![text(121, MUM, "too late")];
    assert_eq!(save(store, late).await, Commit::Stale);
    assert_eq!(newest(store).await, before);
    assert!(lease(store, 10).await.is_empty());
}

/// Many hikers may have promised the same hour: no contact waits until all of them are asked.
async fn an_alarm_comes_before_older_questions(store: &(impl DeadlineStore + UserStore)) {
    for (last, hours) in [(1, 1), (2, 2)] {
        let user = hiker(store, last).await;
        let armed = change(None, promise(user, last, hours));
        assert_eq!(save(store, armed).await, Commit::Stored(()));
    }
    let asking = known(store, 2).await.deadline.unwrap();
    let asked = asking.deadline.step(asking.deadline.due_at, Hold::Nothing);
    let asked = change(Some(&asking), asked.unwrap().deadline);
    assert_eq!(save(store, asked).await, Commit::Stored(()));
    alarmed(store).await;
    let due = store.due(START.plus(Duration::from_hours(24)), 2).await.unwrap();
    let states = due.watched.iter().map(|watched| watched.stored.deadline.state());
    assert_eq!(states.collect::<Vec<_>>(), [State::Alarmed, State::Asking]);
}

async fn a_promise_is_found_by_its_words(store: &(impl DeadlineStore + UserStore)) {
    let words = |name| TripWords::of(tag(name));
    let found = async |name| store.by_words(words(name), START).await.unwrap();
    let mut promises = Vec::new();
    for (last, name, with) in [(HIKER, 5, 1), (MUM, 6, 2), (DAD, 7, 2)] {
        let user = hiker(store, last).await;
        let promise = Deadline {
            words: Some(words(with)),
            ..promise(user, last, name)
        };
        assert_eq!(save(store, change(None, promise)).await, Commit::Stored(()));
        promises.push(known(store, last).await.deadline.unwrap());
    }
    assert_eq!(found(1).await.unwrap().stored, promises[0]);
    assert_eq!(found(2).await, None, "two open promises have these words");
    assert_eq!(found(3).await, None);
    assert_eq!(save(store, closing(&promises[1])).await, Commit::Stored(()));
    assert_eq!(found(2).await.unwrap().stored, promises[2], "the open one");
    assert_eq!(save(store, closing(&promises[0])).await, Commit::Stored(()));
    let over = found(1).await.unwrap().stored;
    assert!(!over.deadline.is_open(), "closed a short time ago");
    let later = over.deadline.closed.unwrap().at.plus(Duration::from_secs(1));
    assert_eq!(
        store.by_words(words(1), later).await.unwrap(),
        None,
        "closed long ago"
    );
}

async fn what_is_due_comes_oldest_first(store: &(impl DeadlineStore + UserStore)) {
    for (last, name) in [(1, 9), (2, 3), (3, 6)] {
        let user = hiker(store, last).await;
        assert_eq!(
            save(store, change(None, promise(user, last, name))).await,
            Commit::Stored(())
        );
    }
    let due = async |hours: u64, limit: u32| -> Vec<u64> {
        let due = store
            .due(START.plus(Duration::from_hours(hours)), limit)
            .await
            .unwrap();
        assert!(due.unreadable.is_empty());
        due.watched
            .iter()
            .map(|watched| watched.stored.deadline.due_at.since(START).as_secs() / 3_600)
            .collect()
    };
    assert_eq!(due(2, 10).await, Vec::<u64>::new());
    assert_eq!(due(3, 10).await, [3]);
    assert_eq!(due(24, 10).await, [3, 6, 9]);
    assert_eq!(due(24, 2).await, [3, 6]);
    let next = async || store.next_due().await.unwrap();
    assert_eq!(next().await, Some(START.plus(Duration::from_hours(3))));
    let closed = known(store, 2).await.deadline.unwrap();
    assert_eq!(save(store, closing(&closed)).await, Commit::Stored(()));
    assert_eq!(due(24, 10).await, [6, 9]);
    assert_eq!(next().await, Some(START.plus(Duration::from_hours(6))));
}

async fn a_hiker_s_change_closes_a_promise_with_it_or_not_at_all(store: &(impl DeadlineStore + UserStore)) {
    let stored = promised(store).await;
    let user = known(store, HIKER).await;
    let moved = |replaces, deadlines| {
        let mut change = registration(&number(HIKER), 1);
        change.replaces = replaces;
        SaveUser {
            change,
            outgoing: Vec::new(),
            audit: Vec::new(),
            deadlines,
            counts: Vec::new(),
        }
    };
    let mut old = closing(&stored);
    old.replaces = Some((stored.id, thunderbird_domain::port::Revision::At(99)));
    assert_eq!(
        store.commit(moved(user.revision, vec![old])).await.unwrap(),
        Commit::Stale
    );
    assert_eq!(known(store, HIKER).await, user);
    let saved = store
        .commit(moved(user.revision, vec![closing(&stored)]))
        .await
        .unwrap();
    assert_ne!(saved, Commit::Stale);
    assert!(!newest(store).await.deadline.is_open());
}

async fn an_alerted_number_finds_its_alarm(store: &(impl DeadlineStore + UserStore + Inbox)) {
    let stored = alarmed(store).await;
    assert_eq!(alarms(store, &number(MUM), START).await, 1);
    assert_eq!(alarms(store, &number(DAD), START).await, 1);
    assert_eq!(alarms(store, &number(HIKER), START).await, 0);
    assert_eq!(save(store, closing(&stored)).await, Commit::Stored(()));
    assert_eq!(
        alarms(store, &number(MUM), START).await,
        1,
        "it can ask what became of it"
    );
    let later = START.plus(ALARM_REMEMBERED).plus(Duration::from_secs(1));
    assert_eq!(alarms(store, &number(MUM), later).await, 0);
}

async fn alarms_come_in_the_order_of_their_alerts(store: &(impl DeadlineStore + UserStore + Inbox)) {
    let first = alarmed(store).await;
    let user = hiker(store, HIKER + 1).await;
    let earlier = promise(user, HIKER + 1, 3);
    assert_eq!(save(store, change(None, earlier)).await, Commit::Stored(()));
    let second = known(store, HIKER + 1).await.deadline.unwrap();
    alerted(store, &second, 130).await;
    let order = async || -> Vec<PhoneNumber> {
        let digest = TextDigest::from_bytes([0; 32]);
        let sender = store.sender_state(&number(MUM), digest, START).await.unwrap();
        let alarms = sender.alarms.into_iter();
        alarms.map(|watched| watched.stored.deadline.phone).collect()
    };
    assert_eq!(order().await, [number(HIKER + 1), number(HIKER)]);
    assert_eq!(save(store, closing(&first)).await, Commit::Stored(()));
    assert_eq!(
        order().await,
        [number(HIKER + 1), number(HIKER)],
        "an alarm that is over keeps its place"
    );
}
