//! What the suites of the console act on: a store with everything that the console asks about, and rows for it.

use std::time::Duration;

use thunderbird_domain::{
    account::{AccountStore, SessionStore},
    admin::{AdminActions, AdminReader, MessageFilter, MessageLine},
    audit::{Actor, AuditEvent, Subject},
    deadline::DeadlineStore,
    opt_out::{OptOutChange, OptOutSource},
    outbox::port::Outbox,
    outgoing::{Class, OutgoingText, Words},
    phone::PhoneStore,
    port::{Commit, Revision},
    route::RouteId,
    sms::{inbound::Inbox, outbox::TextPayload},
    time::Timestamp,
    user::{TrailName, User, UserChange, UserId, UserStore},
};

use crate::contract::user::{number, tag};

/// A store that the console asks and acts on, and what it asks about.
pub trait Administered:
    AdminReader
    + AdminActions
    + AccountStore
    + SessionStore
    + UserStore
    + PhoneStore
    + Inbox
    + Outbox<TextPayload>
    + DeadlineStore
    + Clone
    + 'static
{
}

impl<S> Administered for S where
    S: AdminReader
        + AdminActions
        + AccountStore
        + SessionStore
        + UserStore
        + PhoneStore
        + Inbox
        + Outbox<TextPayload>
        + DeadlineStore
        + Clone
        + 'static
{
}

pub(super) const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

pub(super) fn after(minutes: u64) -> Timestamp {
    START.plus(Duration::from_mins(minutes))
}

pub(super) fn event(action: &'static str, subject: Subject) -> AuditEvent {
    AuditEvent::new(START, Actor::System, action, subject)
}

pub(super) fn new_user(last: u32, name: &str, route: &str) -> UserChange {
    UserChange {
        replaces: Revision::Absent,
        tag: tag(u8::try_from(last).unwrap() ^ name.as_bytes()[0]),
        state: User {
            phone: number(last),
            trail_name: TrailName::parse(name).unwrap(),
            route: RouteId::from_stored(route),
            position: None,
            contacts: Vec::new(),
            account: None,
            started_at: START,
            shows_number: false,
        },
        check_in: None,
        taken_back: None,
        at: START,
    }
}

pub(super) async fn registered(store: &impl Administered, last: u32, name: &str, route: &str) -> UserId {
    let audit = event("user.registered", Subject::Stored);
    match store
        .register_user(new_user(last, name, route), audit)
        .await
        .unwrap()
    {
        Commit::Stored(id) => id,
        Commit::Stale => panic!("{name} is registered already"),
    }
}

pub(super) fn text(byte: u8, to: u32, at: Timestamp) -> OutgoingText {
    OutgoingText {
        tag: tag(byte),
        to: number(to),
        class: Class::Notice,
        words: Words::Plain(format!("text {byte}")),
        not_before: at,
        expires_at: at.plus(Class::Notice.life()),
        user: None,
    }
}

pub(super) fn opts_out(last: u32) -> OptOutChange {
    OptOutChange::Record {
        phone: number(last),
        source: OptOutSource::Operator,
        at: START,
    }
}

pub(super) async fn texts(store: &impl Administered) -> Vec<MessageLine> {
    store.messages(MessageFilter::default(), 100).await.unwrap().items
}

/// The actions of the audit log, oldest first.
pub(super) async fn audited(store: &impl Administered) -> Vec<String> {
    let log = AdminReader::audit(store, thunderbird_domain::admin::AuditFilter::default(), 100);
    let lines = log.await.unwrap().items;
    lines.into_iter().rev().map(|line| line.action).collect()
}
