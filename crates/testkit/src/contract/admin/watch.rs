//! The promises that an operator sees.

use std::time::Duration;

use thunderbird_domain::{
    admin::{ContactAnswer, MessageLine},
    deadline::{AlarmLetter, AlarmMail, StoredDeadline},
    email::Email,
    id::DeadlineId,
    outgoing::OutgoingCall,
    port::Commit,
    sms::inbound::{Inbox, Received},
};

use super::stage::Administered;
use crate::contract::{
    deadline::story::{DAD, HIKER, MUM, START, alarmed, change, closing, hiker, newest, promise, save, text},
    inbox,
    user::{number, tag},
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
    let page = store.promise(alarm.id, START).await.unwrap().unwrap();
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
        let page = store.promise(alarm.id, START).await.unwrap().unwrap();
        let answer = ContactAnswer {
            phone: mum.clone(),
            at,
            command: command.map(str::to_owned),
        };
        assert_eq!(page.answers, [answer], "the newest one");
    }
    its_calls_and_mails_are_shown_and_accounted_for(store, &alarm).await;
    let page = store.promise(alarm.id, START).await.unwrap().unwrap();
    assert!(
        !page.watched.stored.deadline.is_open(),
        "a closed one is shown as well"
    );
    let state = |line: &MessageLine| line.state.as_str();
    assert_eq!(page.texts.iter().map(state).collect::<Vec<_>>(), ["withheld"; 2]);
    let unknown = DeadlineId::from_stored(alarm.id.get() + 1);
    assert!(store.promise(unknown, START).await.unwrap().is_none());
}

async fn its_calls_and_mails_are_shown_and_accounted_for(store: &impl Administered, alarm: &StoredDeadline) {
    let mum = number(MUM);
    let before = newest(store).await;
    let mut called = change(Some(&before), before.deadline.clone());
    let life = Duration::from_hours(1);
    called.calls = vec![OutgoingCall::after(&text(101, MUM, "alert"), String::new(), life)];
    called.mails = vec![AlarmMail {
        tag: tag(120),
        contact: number(MUM),
        to: Email::parse("mum@example.org").unwrap(),
        user: before.deadline.user,
        is_numbered: true,
        letter: AlarmLetter::new(("Alert".to_owned(), "Alert.".to_owned()), START),
    }];
    assert_eq!(save(store, called).await, Commit::Stored(()));
    let page = store.promise(alarm.id, START).await.unwrap().unwrap();
    let calls = page.calls.iter().map(|call| (&call.phone, call.state.as_str()));
    assert_eq!(calls.collect::<Vec<_>>(), [(&mum, "queued")]);
    let mails = page
        .mails
        .iter()
        .map(|mail| (mail.email.as_str(), mail.state.as_str()));
    assert_eq!(mails.collect::<Vec<_>>(), [("mum@example.org", "queued")]);
    let sums = page
        .sums
        .iter()
        .find(|contact| contact.phone == mum.as_str())
        .unwrap()
        .sums;
    assert_eq!((sums.waiting, sums.all, sums.unaccounted()), (3, 3, 0));
    assert_eq!(
        save(store, closing(&newest(store).await)).await,
        Commit::Stored(())
    );
    let page = store.promise(alarm.id, START).await.unwrap().unwrap();
    assert_eq!(page.calls[0].state.as_str(), "withheld");
    assert_eq!(page.mails[0].state.as_str(), "withheld");
    let sums = page
        .sums
        .iter()
        .find(|contact| contact.phone == mum.as_str())
        .unwrap()
        .sums;
    assert_eq!((sums.withdrawn, sums.all, sums.unaccounted()), (3, 3, 0));
}
