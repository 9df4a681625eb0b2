//! Calls and stores that the suites share.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{DeadlineStore, StoredDeadline},
    id::UserId,
    outbox::{
        lease::{LeaseOrder, Leased},
        message::Progress,
        port::Outbox,
        settle::{SendOutcome, Settlement},
    },
    outgoing::{Class, OutgoingCall, OutgoingText, Words},
    phone_number::PhoneNumber,
    port::Commit,
    random::Tag,
    sms::{inbound::Inbox, outbox::TextPayload},
    time::Timestamp,
    user::{SaveUser, UserStore},
    voice::{CALL_CLASS, CallPayload, CallReceipt, CallReport, CallSid, CallStatus, Calls, LeasedCall},
};

use crate::contract::{
    deadline::story::{HIKER, MUM, START, change, newest, promise, save},
    user::{contact, number, registration, tag},
};

/// Everything that a store of calls touches.
pub(super) trait Exchange:
    Outbox<CallPayload> + Outbox<TextPayload> + Calls + DeadlineStore + UserStore + Inbox
{
}

impl<S> Exchange for S where
    S: Outbox<CallPayload> + Outbox<TextPayload> + Calls + DeadlineStore + UserStore + Inbox
{
}

pub(super) fn later(seconds: u64) -> Timestamp {
    START.plus(Duration::from_secs(seconds))
}

pub(super) fn sid(name: u8) -> CallSid {
    CallSid::parse(&format!("CA{name:032x}")).unwrap()
}

/// A call that belongs to no promise, due at once, with an hour to live.
pub(super) fn call(name: u8, to: u32) -> OutgoingCall {
    OutgoingCall {
        tag: tag(name),
        to: number(to),
        words: "Sam is overdue.".to_owned(),
        not_before: START,
        expires_at: START.plus(Duration::from_hours(1)),
        user: None,
    }
}

pub(super) async fn queue(store: &impl Exchange, calls: Vec<OutgoingCall>) {
    Outbox::<CallPayload>::queue(store, calls, START).await.unwrap();
}

pub(super) async fn claim(store: &impl Exchange, name: u8, now: Timestamp) -> Leased<CallPayload> {
    let order = LeaseOrder {
        class: CALL_CLASS,
        daily_room: None,
        limit: 10,
        lease: tag(name),
        now,
        until: now.plus(Duration::from_mins(1)),
    };
    Outbox::<CallPayload>::lease(store, order).await.unwrap()
}

pub(super) async fn leased(store: &impl Exchange, name: u8, now: Timestamp) -> Vec<LeasedCall> {
    claim(store, name, now).await.messages
}

pub(super) async fn settle(store: &impl Exchange, call: &LeasedCall, outcome: SendOutcome<CallReceipt>) {
    let settlement = Settlement {
        id: call.id,
        lease: call.lease,
        at: later(1),
        outcome,
        opt_out: None,
    };
    Outbox::<CallPayload>::settle(store, vec![settlement])
        .await
        .unwrap();
}

pub(super) fn accepted(name: u8) -> SendOutcome<CallReceipt> {
    SendOutcome::Accepted(CallReceipt { sid: Some(sid(name)) })
}

/// An attempt whose result is unknown; the next one is due at this second.
pub(super) fn unknown(seconds: u64) -> SendOutcome<CallReceipt> {
    SendOutcome::Again {
        at: later(seconds),
        ambiguous: true,
        code: None,
    }
}

pub(super) async fn progress(store: &impl Exchange, tag: Tag) -> Progress<CallPayload> {
    Outbox::<CallPayload>::progress(store, tag)
        .await
        .unwrap()
        .unwrap()
}

/// A report about the call `name` to `to`, whose sid is made of `by`.
pub(super) fn report(name: u8, to: u32, by: u8, status: CallStatus) -> CallReport {
    CallReport {
        tag: tag(name),
        sid: sid(by),
        to: number(to),
        status,
        code: None,
        at: later(20),
    }
}

/// An alarm of a hiker with Mum as the contact, with a text to her and the call that follows it.
pub(super) async fn ringing(store: &impl Exchange) -> (StoredDeadline, OutgoingText, OutgoingCall) {
    let user = watched_by_mum(store).await;
    assert_eq!(
        save(store, change(None, promise(user, HIKER, 5))).await,
        Commit::Stored(())
    );
    let stored = newest(store).await;
    let mut state = stored.deadline.clone();
    let late = state.due_at.plus(Duration::from_hours(2));
    while let Some(step) = state.step(late, thunderbird_domain::deadline::Hold::Nothing) {
        state = step.deadline;
        state.alert([(number(MUM), "Mum".to_owned())], START);
        if state.alarm.is_some() {
            break;
        }
        for row in &mut state.stages {
            row.due_at = row.due_at.map(|due| due.min(late));
        }
    }
    let text = OutgoingText {
        tag: tag(100),
        to: number(MUM),
        class: Class::Alarm,
        words: Words::Plain("alert".to_owned()),
        not_before: START,
        expires_at: START.plus(Duration::from_hours(24)),
        user: Some(user),
    };
    let call = OutgoingCall::after(&text, "Sam is overdue.".to_owned(), Duration::from_hours(1));
    let mut alert = change(Some(&stored), state);
    (alert.texts, alert.calls) = (vec![text.clone()], vec![call.clone()]);
    assert_eq!(save(store, alert).await, Commit::Stored(()));
    (newest(store).await, text, call)
}

async fn watched_by_mum(store: &impl UserStore) -> UserId {
    let mut new = registration(&number(HIKER), 6);
    new.state.contacts = vec![contact(MUM, "Mum")];
    let save = SaveUser {
        change: new,
        outgoing: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
        counts: Vec::new(),
    };
    match UserStore::commit(store, save).await.unwrap() {
        Commit::Stored(saved) => saved.user.id,
        Commit::Stale => panic!("the number is free"),
    }
}

/// A number as the suites write it.
pub(super) fn mum() -> PhoneNumber {
    number(MUM)
}
