//! What every [`PhoneStore`] promises.

mod code;
mod link;
mod words;

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use thunderbird_domain::{
    account::{AccountId, AccountStore, SessionStore},
    outbox::port::Outbox,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone::{
        CodeLimits, LinkPlan, LinkView, NewCode, PhoneChange, PhoneCommit, PhoneStore, Proof, SavePhone,
        Seen, SendCode, SendVerdict, UserEffect,
    },
    phone_number::PhoneNumber,
    port::{Commit, Revision},
    privacy::PrivacyStore,
    random::Tag,
    route::RouteId,
    secret::Mac,
    sms::outbox::TextPayload,
    time::Timestamp,
    user::{SaveUser, StoredUser, TrailName, User, UserChange, UserStore},
};

use super::account::{NOON, registered};

/// What the suite needs beside the port itself, to see what a change does to others.
pub trait Phonebook:
    PhoneStore + AccountStore + SessionStore + UserStore + Outbox<TextPayload> + 'static
{
}
impl<S: PhoneStore + AccountStore + SessionStore + UserStore + Outbox<TextPayload> + 'static> Phonebook
    for S
{
}

/// Every promise of [`PhoneStore`]. `empty` opens a fresh store for each.
pub async fn phone<S: Phonebook + PrivacyStore>(empty: impl AsyncFn() -> S) {
    code::promises(&empty).await;
    words::promises(&empty).await;
    link::promises(&empty).await;
}

fn tag(number: u32) -> Tag {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Tag::from_bytes(bytes)
}

fn number(last: u32) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+61412{last:06}")).unwrap()
}

fn later(seconds: u64) -> Timestamp {
    NOON.plus(Duration::from_secs(seconds))
}

fn mac(byte: u8) -> Mac {
    Mac {
        key_id: "k1".to_owned(),
        bytes: [byte; 32],
    }
}

async fn account(store: &impl Phonebook, name: &str, nth: u8) -> AccountId {
    registered(store, name, nth).await.id
}

/// A code for `account`, with its text; the tag of the text is the code's, counted up.
fn order(account: AccountId, phone: &PhoneNumber, (nth, at): (u32, Timestamp)) -> SendCode {
    let expires_at = at.plus(Duration::from_mins(10));
    SendCode {
        code: NewCode {
            tag: tag(nth),
            account,
            phone: phone.clone(),
            mac: mac(nth.to_be_bytes()[3]),
            expires_at,
        },
        limits: CodeLimits::default(),
        counts: Vec::new(),
        daily_room: 1_600,
        at,
        outgoing: vec![Outgoing::Text(OutgoingText {
            tag: tag(nth + 1_000_000),
            to: phone.clone(),
            class: Class::Code,
            words: Words::Plain("a code".to_owned()),
            not_before: at,
            expires_at,
            user: None,
        })],
        audit: Vec::new(),
    }
}

async fn is_queued(store: &impl Phonebook, nth: u32) -> bool {
    store.progress(tag(nth + 1_000_000)).await.unwrap().is_some()
}

/// Sends a code that no cap may refuse.
async fn sent(store: &impl Phonebook, order: SendCode) -> Proof {
    let proof = Proof::Code(order.code.tag);
    assert!(matches!(
        store.send_code(order).await.unwrap(),
        SendVerdict::Sent(_)
    ));
    proof
}

/// How many hikers there were, so that each gets a tag of their own.
static HIKERS: AtomicU32 = AtomicU32::new(0);

async fn hiker(store: &impl Phonebook, phone: &PhoneNumber, account: Option<AccountId>) -> StoredUser {
    let state = User {
        phone: phone.clone(),
        trail_name: TrailName::parse("Wombat").unwrap(),
        route: RouteId::parse("overland").unwrap(),
        position: None,
        contacts: Vec::new(),
        account,
        started_at: NOON,
        shows_number: false,
    };
    let change = UserChange {
        replaces: Revision::Absent,
        tag: tag(2_000_000 + HIKERS.fetch_add(1, Ordering::Relaxed)),
        state,
        check_in: None,
        taken_back: None,
        at: NOON,
    };
    let save = SaveUser {
        change,
        outgoing: Vec::new(),
        counts: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
    };
    match UserStore::commit(store, save).await.unwrap() {
        Commit::Stored(saved) => *saved.user,
        Commit::Stale => panic!("the number has a hiker already"),
    }
}

async fn account_of(store: &impl Phonebook, phone: &PhoneNumber) -> Option<AccountId> {
    store.by_phone(phone).await.unwrap()?.user.account
}

async fn seen(store: &impl Phonebook, account: AccountId, phone: &PhoneNumber) -> LinkView {
    store.view(account, phone).await.unwrap().unwrap()
}

/// What the domain would plan on this view, spelled out.
fn linking(view: &LinkView, proof: Proof) -> LinkPlan {
    use thunderbird_domain::phone::{LinkEnd, LinkEndReason};
    let end = |link: &thunderbird_domain::phone::LiveLink, reason| LinkEnd {
        link: link.id,
        reason,
    };
    let holder = view
        .holder
        .iter()
        .map(|link| end(link, LinkEndReason::Transferred));
    let own = view.own.iter().map(|link| end(link, LinkEndReason::Replaced));
    LinkPlan {
        seen: was(view),
        proof: Some(proof),
        ends: holder.chain(own).collect(),
        begins: true,
        user: view.user.map(|user| match user.belongs_to {
            Some(other) if other != view.account.id => UserEffect::End(user.id),
            _ => UserEffect::Join(user.id),
        }),
    }
}

fn was(view: &LinkView) -> Seen {
    Seen {
        account: view.account.id,
        holder: view.holder.as_ref().map(|link| link.id),
        own: view.own.as_ref().map(|link| link.id),
        user: view.user.map(|user| user.id),
    }
}

fn saving(phone: &PhoneNumber, at: Timestamp, plan: LinkPlan) -> SavePhone {
    SavePhone {
        change: PhoneChange {
            phone: phone.clone(),
            at,
            pending: None,
            wrong: None,
            link: Some(plan),
        },
        outgoing: Vec::new(),
        audit: Vec::new(),
    }
}

/// Links as the use case would.
pub(crate) async fn link(
    store: &impl Phonebook,
    account: AccountId,
    phone: &PhoneNumber,
    (nth, at): (u32, Timestamp),
) -> PhoneCommit {
    let proof = sent(store, order(account, phone, (nth, at))).await;
    let view = seen(store, account, phone).await;
    PhoneStore::commit(store, saving(phone, at, linking(&view, proof)))
        .await
        .unwrap()
}
