//! The promises that an operator sees.

use std::time::Duration;

use thunderbird_domain::{
    admin::{ContactAnswer, MessageLine},
    deadline::StoredDeadline,
    id::DeadlineId,
    outgoing::OutgoingCall,
    port::Commit,
    sms::inbound::{Inbox, Received},
};

use super::stage::Administered;
use crate::contract::{
    deadline::story::{DAD, HIKER, MUM, alarmed, change, closing, hiker, newest, promise, save, text},
    inbox,
    user::number,
};

async fn listed(store: &impl Administered, limit: u32) -> (Vec<(u64, &'static str)>, bool) {
    let list = store.watch(limit).await.unwrap();
    assert!(list.unreadable.is_empty());
    let line = |stored: &StoredDeadline| {
        let digits = stored.deadline.phone.as_str().rsplit_once("57").unwrap().1;
        (digits.parse().unwrap(), stored.deadline.state().as_str())
    };
    let promises = list.promises.iter();
    let lines = promises.map(|watched| line(&watched.stored)).collect();
    (lines, list.has_more)
}

pub(super) async fn lists_alarms_first_then_by_the_promised_time(store: &impl Administered) {
    let alarm = alarmed(store).await;
    for (last, hours) in [(HIKER + 1, 4), (HIKER + 2, 3)] {
        let user = hiker(store, last).await;
        assert_eq!(
            save(store, change(None, promise(user, last, hours))).await,
            Commit::Stored(())
        );
    }
    let six = u64::from(HIKER);
    let all = [(six, "alarmed"), (six + 2, "armed"), (six + 1, "armed")];
    assert_eq!(listed(store, 3).await, (all.to_vec(), false));
    assert_eq!(listed(store, 2).await, (all[..2].to_vec(), true));
    assert_eq!(save(store, closing(&alarm)).await, Commit::Stored(()));
    assert_eq!(listed(store, 3).await, (all[1..].to_vec(), false));
}

pub(super) async fn a_promise_is_shown_with_its_texts(store: &impl Administered) {
    let alarm = alarmed(store).await;
    let page = store.promise(alarm.id).await.unwrap().unwrap();
    assert_eq!(page.watched.stored, alarm);
    let to: Vec<_> = page.texts.iter().map(|line| line.phone.clone()).collect();
    assert_eq!(to, [DAD, MUM].map(|last| number(last).as_str().to_owned()));
    assert!(page.answers.is_empty());
    let alerted_at = alarm.deadline.alarm.as_ref().unwrap().opened_at;
    let mum = number(MUM);
    for (sid, minutes, command) in [(1, 0, Some("WHERE")), (2, 30, None)] {
        let at = alerted_at.plus(Duration::from_mins(minutes));
        let sender = inbox::known(store, &mum, at).await;
        let mut answer = inbox::text(&mum, sid, &sender);
        (answer.at, answer.command) = (at, command);
        assert!(matches!(
            Inbox::commit(store, answer).await.unwrap(),
            Received::Stored(_)
        ));
        let page = store.promise(alarm.id).await.unwrap().unwrap();
        let answer = ContactAnswer {
            phone: mum.clone(),
            at,
            command: command.map(str::to_owned),
        };
        assert_eq!(page.answers, [answer], "the newest one");
    }
    let before = newest(store).await;
    let mut called = change(Some(&before), before.deadline.clone());
    let life = Duration::from_hours(1);
    called.calls = vec![OutgoingCall::after(&text(101, MUM, "alert"), String::new(), life)];
    assert_eq!(save(store, called).await, Commit::Stored(()));
    let page = store.promise(alarm.id).await.unwrap().unwrap();
    let calls = page.calls.iter().map(|call| (&call.phone, call.state.as_str()));
    assert_eq!(calls.collect::<Vec<_>>(), [(&mum, "queued")]);
    assert_eq!(
        save(store, closing(&newest(store).await)).await,
        Commit::Stored(())
    );
    let page = store.promise(alarm.id).await.unwrap().unwrap();
    assert_eq!(page.calls[0].state.as_str(), "withheld");
    assert!(
        !page.watched.stored.deadline.is_open(),
        "a closed one is shown as well"
    );
    let state = |line: &MessageLine| line.state.as_str();
    assert_eq!(page.texts.iter().map(state).collect::<Vec<_>>(), ["withheld"; 2]);
    let unknown = DeadlineId::from_stored(alarm.id.get() + 1);
    assert!(store.promise(unknown).await.unwrap().is_none());
}
