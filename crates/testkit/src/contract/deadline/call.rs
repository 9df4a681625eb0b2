//! What every store of promises promises about calls for help.

use std::{collections::BTreeMap, time::Duration};

use thunderbird_domain::{
    deadline::{Alarm, AlarmContact, Deadline, DeadlineStore, How, Kind, SetBy, StageRow},
    port::Commit,
    user::UserStore,
};

use super::story::{HIKER, MUM, START, change, known, newest, promise, promised, save};
use crate::contract::user::{number, tag};

/// A call of the hiker of the promise, an hour before its time, with Mum alerted.
fn call(of: &Deadline) -> Deadline {
    let asked_at = of.due_at.minus(Duration::from_hours(1));
    let mum = AlarmContact {
        phone: number(MUM),
        name: "Mum".to_owned(),
        alerted_at: asked_at,
        acting_at: None,
    };
    Deadline {
        tag: tag(77),
        kind: Kind::Call,
        due_at: asked_at,
        set_at: asked_at,
        set_by: SetBy::Text,
        alarm: Some(Alarm {
            opened_at: asked_at,
            asked_at: Some(asked_at),
            contacts: vec![mum],
            claims: 0,
            acting: None,
            lapsed: None,
        }),
        informed: BTreeMap::new(),
        stages: of.stages.iter().copied().map(an_hour_later).collect(),
        ..of.clone()
    }
}

fn an_hour_later(mut row: StageRow) -> StageRow {
    row.due_at = row.due_at.map(|at| at.plus(Duration::from_hours(1)));
    row
}

pub(super) async fn a_call_stands_beside_a_promise_which_rests(store: &(impl DeadlineStore + UserStore)) {
    let promised = promised(store).await;
    let due_at = promised.deadline.due_at;
    let called = call(&promised.deadline);
    assert_eq!(
        save(store, change(None, called.clone())).await,
        Commit::Stored(())
    );
    let second = Deadline {
        tag: tag(78),
        ..called.clone()
    };
    assert_eq!(
        save(store, change(None, second)).await,
        Commit::Stale,
        "one is open"
    );
    let hiker = known(store, HIKER).await;
    let stored = hiker.call.clone().unwrap();
    assert_eq!(stored.deadline, called);
    assert_eq!(
        hiker.deadline,
        Some(promised.clone()),
        "the promise is still the newest"
    );
    let listed = store.of_user(hiker.id, None, 10).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&promised));
    let due = store.due(due_at.plus(Duration::from_hours(9)), 10).await.unwrap();
    let seen: Vec<_> = due.watched.iter().map(|watched| watched.stored.id).collect();
    assert_eq!(seen, [stored.id], "the promise rests");
    let next = store.next_due().await.unwrap();
    assert_eq!(
        next,
        stored.deadline.next_due_at(),
        "a promise that rests is not late"
    );
    assert_ne!(next, promised.deadline.next_due_at());
    assert_eq!(due.watched[0].beside.as_deref(), Some(&promised));
    let ended = stored.deadline.closed(How::CalledOff, None, START);
    assert_eq!(
        save(store, change(Some(&stored), ended)).await,
        Commit::Stored(())
    );
    let due = store.due(due_at, 10).await.unwrap().watched;
    assert_eq!(due.len(), 1);
    assert_eq!((due[0].stored.id, due[0].beside.clone()), (promised.id, None));
    let closed = known(store, HIKER).await.call.unwrap();
    assert_eq!(
        closed.deadline.closed.map(|closed| closed.how),
        Some(How::CalledOff)
    );
}

pub(super) async fn a_promise_in_alarm_does_not_rest(store: &(impl DeadlineStore + UserStore)) {
    let stored = promised(store).await;
    super::story::alerted(store, &stored, 100).await;
    let stored = newest(store).await;
    let called = call(&stored.deadline);
    assert_eq!(save(store, change(None, called)).await, Commit::Stored(()));
    let due = store
        .due(stored.deadline.due_at.plus(Duration::from_hours(9)), 10)
        .await;
    assert_eq!(due.unwrap().watched.len(), 2);
    let other = super::story::hiker(store, HIKER + 1).await;
    let free = promise(other, HIKER + 1, 7);
    let due_at = free.due_at;
    assert_eq!(save(store, change(None, free)).await, Commit::Stored(()));
    let due = store.due(due_at, 10).await.unwrap().watched;
    assert!(due.iter().any(|watched| watched.stored.deadline.user == other));
}
