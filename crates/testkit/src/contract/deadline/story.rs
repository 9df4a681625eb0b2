//! A hiker, a promise and its alarm: what the promises of every store of deadlines are tried with.

use std::{collections::BTreeMap, time::Duration};

use thunderbird_domain::{
    deadline::{
        Deadline, DeadlineChange, DeadlineStore, Hold, How, Kind, Plan, SaveDeadline, SetBy, Stage, StageRow,
        StoredDeadline,
    },
    id::UserId,
    outbox::{lease::LeaseOrder, message::LeasedMessage, port::Outbox},
    outgoing::{Class, OutgoingText, Words},
    phone_number::PhoneNumber,
    port::Commit,
    route::{RouteCatalogue as _, RouteId},
    sms::{
        inbound::{Inbox, TextDigest},
        outbox::TextPayload,
    },
    time::Timestamp,
    user::{SaveUser, StoredUser, UserStore},
};

use crate::{
    catalogue::MemoryCatalogue,
    contract::user::{number, registration, tag},
};

pub(in crate::contract) const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);
pub(in crate::contract) const HIKER: u32 = 6;
pub(in crate::contract) const MUM: u32 = 10;
pub(in crate::contract) const DAD: u32 = 13;

pub(in crate::contract) async fn hiker(store: &impl UserStore, last: u32) -> UserId {
    let save = SaveUser {
        change: registration(&number(last), u8::try_from(last).unwrap()),
        outgoing: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
        counts: Vec::new(),
    };
    match store.commit(save).await.unwrap() {
        Commit::Stored(saved) => saved.user.id,
        Commit::Stale => panic!("the number is free"),
    }
}

pub(in crate::contract) fn promise(user: UserId, last: u32, name: u8) -> Deadline {
    let due_at = START.plus(Duration::from_hours(u64::from(name)));
    let row = |stage, at| StageRow {
        stage,
        due_at: Some(at),
        ending: None,
    };
    Deadline {
        tag: tag(name),
        user,
        kind: Kind::Out,
        phone: number(last),
        restored_at: None,
        words: None,
        route: RouteId::from_stored("overland_track"),
        zone: MemoryCatalogue::tasmania().all()[0].time_zone().clone(),
        due_at,
        set_at: START,
        set_by: SetBy::Late(Duration::from_mins(90)),
        replaces: None,
        closed: None,
        stages: vec![
            row(Stage::Ask2, due_at),
            row(Stage::Alert1, due_at.plus(Duration::from_hours(1))),
            row(Stage::Alert2, due_at.plus(Duration::from_hours(2))),
        ],
        alarm: None,
        plan: Plan {
            party: Some(3),
            vehicle: "White van, ABC 123, at the visitor centre".to_owned(),
            gear: "Orange tent".to_owned(),
            plan: "Ronny Creek\nWaterfall Valley".to_owned(),
            notes: "Insulin".to_owned(),
        },
        informed: BTreeMap::from([(number(DAD), due_at), (number(MUM), START)]),
    }
}

pub(in crate::contract) fn change(replaces: Option<&StoredDeadline>, state: Deadline) -> DeadlineChange {
    DeadlineChange {
        replaces: replaces.map(|stored| (stored.id, stored.revision)),
        state,
        texts: Vec::new(),
        stand_downs: Vec::new(),
        closings: Vec::new(),
        calls: Vec::new(),
        mails: Vec::new(),
        mailed_end: None,
    }
}

pub(in crate::contract) async fn save(store: &impl DeadlineStore, change: DeadlineChange) -> Commit {
    let save = SaveDeadline {
        change,
        outgoing: Vec::new(),
        counts: Vec::new(),
        audit: Vec::new(),
        at: START,
    };
    store.save(save).await.unwrap()
}

pub(in crate::contract) async fn known(store: &impl UserStore, last: u32) -> StoredUser {
    store.by_phone(&number(last)).await.unwrap().unwrap()
}

pub(in crate::contract) async fn newest(store: &impl UserStore) -> StoredDeadline {
    known(store, HIKER).await.deadline.unwrap()
}

/// A hiker with a promise that is stored.
pub(in crate::contract) async fn promised(store: &(impl DeadlineStore + UserStore)) -> StoredDeadline {
    let user = hiker(store, HIKER).await;
    assert_eq!(
        save(store, change(None, promise(user, HIKER, 5))).await,
        Commit::Stored(())
    );
    newest(store).await
}

pub(in crate::contract) fn text(name: u8, to: u32, words: &str) -> OutgoingText {
    OutgoingText {
        tag: tag(name),
        to: number(to),
        class: Class::Alarm,
        words: Words::Plain(words.to_owned()),
        not_before: START,
        expires_at: START.plus(Duration::from_hours(24)),
        user: None,
    }
}

/// The promise an hour after its time: two contacts have an alert each.
pub(in crate::contract) async fn alarmed(store: &(impl DeadlineStore + UserStore)) -> StoredDeadline {
    let stored = promised(store).await;
    alerted(store, &stored, 100).await;
    newest(store).await
}

/// An hour after the time two contacts have an alert each, whose tags follow `tags`.
pub(in crate::contract) async fn alerted(store: &impl DeadlineStore, stored: &StoredDeadline, tags: u8) {
    let late = stored.deadline.due_at.plus(Duration::from_hours(1));
    let mut state = stored.deadline.clone();
    while let Some(step) = state.step(late.minus(Duration::from_secs(1)), Hold::Nothing) {
        state = step.deadline;
    }
    state = state.step(late, Hold::Nothing).unwrap().deadline;
    state.alert(
        [(number(MUM), "Mum".to_owned()), (number(DAD), String::new())],
        late,
    );
    let mut alert = change(Some(stored), state);
    alert.texts = vec![text(tags + 1, MUM, "alert"), text(tags + 2, DAD, "alert")];
    assert_eq!(save(store, alert).await, Commit::Stored(()));
}

pub(in crate::contract) fn closing(stored: &StoredDeadline) -> DeadlineChange {
    let mut end = change(Some(stored), stored.deadline.closed(How::Back, None, START));
    end.stand_downs = vec![text(111, MUM, "stand down"), text(112, DAD, "stand down")];
    end.closings = vec![text(113, MUM, "it is over"), text(114, DAD, "it is over")];
    end
}

pub(in crate::contract) async fn lease(
    store: &impl Outbox<TextPayload>,
    limit: usize,
) -> Vec<LeasedMessage<TextPayload>> {
    let order = LeaseOrder {
        class: Class::Alarm,
        limit,
        lease: tag(200),
        now: START,
        until: START.plus(Duration::from_mins(1)),
        daily_room: None,
    };
    store.lease(order).await.unwrap().messages
}

/// How many alarms a number is alerted of.
pub(in crate::contract) async fn alarms(store: &impl Inbox, phone: &PhoneNumber, at: Timestamp) -> usize {
    let digest = TextDigest::from_bytes([0; 32]);
    store.sender_state(phone, digest, at).await.unwrap().alarms.len()
}
