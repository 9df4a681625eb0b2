//! What whoever answers the console's questions and carries out its decisions promises.

mod actions;
mod lists;
mod pages;

use std::time::Duration;

use thunderbird_domain::{
    account::{AccountStore, SessionStore},
    admin::{ConsoleActions, ConsoleReader, MessageFilter, MessageLine, NewUser},
    audit::{Actor, AuditEvent, Subject},
    opt_out::{OptOutChange, OptOutSource},
    outgoing::{Class, OutgoingText, Words},
    phone::PhoneStore,
    port::Commit,
    route::RouteId,
    sms::{inbound::Inbox, outbox::Outbox},
    time::Timestamp,
    user::{TrailName, UserId, UserStore},
};

use super::user::{number, tag};

/// A store that the console asks and acts on, and what it asks about.
pub trait Consoled:
    ConsoleReader
    + ConsoleActions
    + AccountStore
    + SessionStore
    + UserStore
    + PhoneStore
    + Inbox
    + Outbox
    + Clone
    + 'static
{
}

impl<S> Consoled for S where
    S: ConsoleReader
        + ConsoleActions
        + AccountStore
        + SessionStore
        + UserStore
        + PhoneStore
        + Inbox
        + Outbox
        + Clone
        + 'static
{
}

const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// Every promise of [`ConsoleReader`]. `empty` opens a fresh store for each.
pub async fn console_reader<S: Consoled>(empty: impl AsyncFn() -> S) {
    lists::of_hikers_are_newest_first_and_go_on_by_key(&empty().await).await;
    lists::of_hikers_are_narrowed_by_number_name_and_route(&empty().await).await;
    lists::of_accounts_are_narrowed_by_the_beginning_of_an_address(&empty().await).await;
    lists::of_texts_are_narrowed_by_state_error_number_and_time(&empty().await).await;
    lists::of_opt_outs_have_those_that_stand(&empty().await).await;
    lists::of_the_audit_are_narrowed_by_who_and_whom(&empty().await).await;
    pages::a_hikers_page_has_one_time_on_the_number(&empty().await).await;
    pages::an_accounts_page_has_live_sessions_and_every_number(&empty().await).await;
    pages::one_text_is_found_by_its_row(&empty().await).await;
    pages::figures_count_by_hour_way_and_state(&empty().await).await;
}

/// Every promise of [`ConsoleActions`]. `empty` opens a fresh store for each.
pub async fn console_actions<S: Consoled>(empty: impl AsyncFn() -> S) {
    actions::registers_a_number_once(&empty().await).await;
    actions::registers_one_of_many_at_once(empty().await).await;
    actions::changes_the_route_of_a_live_hiker_and_clears_the_position(&empty().await).await;
    actions::removes_a_hiker_whose_history_stays(&empty().await).await;
    actions::removes_nobody_on_an_older_view_of_the_link(&empty().await).await;
    actions::queues_a_tag_once_and_nothing_against_the_owners_will(&empty().await).await;
    actions::sends_again_only_what_was_given_up(&empty().await).await;
    actions::records_and_clears_an_opt_out_once(&empty().await).await;
}

fn after(minutes: u64) -> Timestamp {
    START.plus(Duration::from_mins(minutes))
}

fn event(action: &'static str, subject: Subject) -> AuditEvent {
    AuditEvent::new(START, Actor::System, action, subject)
}

fn new_user(last: u32, name: &str, route: &str) -> NewUser {
    NewUser {
        tag: tag(u8::try_from(last).unwrap() ^ name.as_bytes()[0]),
        phone: number(last),
        trail_name: TrailName::parse(name).unwrap(),
        route: RouteId::from_stored(route),
        at: START,
    }
}

async fn registered(store: &impl Consoled, last: u32, name: &str, route: &str) -> UserId {
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

fn text(byte: u8, to: u32, at: Timestamp) -> OutgoingText {
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

fn opts_out(last: u32) -> OptOutChange {
    OptOutChange::Record {
        phone: number(last),
        source: OptOutSource::Operator,
        at: START,
    }
}

async fn texts(store: &impl Consoled) -> Vec<MessageLine> {
    store.messages(MessageFilter::default(), 100).await.unwrap().items
}

/// The actions of the audit log, oldest first.
async fn audited(store: &impl Consoled) -> Vec<String> {
    let log = ConsoleReader::audit(store, thunderbird_domain::admin::AuditFilter::default(), 100);
    let lines = log.await.unwrap().items;
    lines.into_iter().rev().map(|line| line.action).collect()
}
