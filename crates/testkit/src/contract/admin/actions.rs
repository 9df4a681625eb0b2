//! Decisions of an operator, carried out with their audit or not at all.

use thunderbird_domain::{
    admin::{AuditFilter, MessageState, Queueing, Removal, RemoveUser, Resent},
    audit::{Actor, Subject},
    id::MessageId,
    opt_out::OptOutChange,
    outbox::{
        lease::LeaseOrder,
        settle::{SendOutcome, Settlement},
        state::Ended,
    },
    outgoing::Class,
    phone::{Deciding, LinkEndReason, PhoneChange, PhoneCommit},
    port::Commit,
    user::UserId,
};

use super::stage::{Administered, START, after, audited, event, new_user, opts_out, registered, text, texts};
use crate::{
    contract::{
        account, phone,
        user::{number, tag},
    },
    crypto::TestMacs,
    entropy::SeededEntropy,
};

fn removal(user: UserId) -> RemoveUser {
    RemoveUser {
        user,
        at: after(1),
        link: None,
        outgoing: Vec::new(),
        audit: vec![event("user.removed", Subject::User(user))],
    }
}

pub(super) async fn registers_a_number_once(store: &impl Administered) {
    let id = registered(store, 1, "Sam", "overland_track").await;
    let stored = store.by_phone(&number(1)).await.unwrap().unwrap();
    assert_eq!((stored.id, stored.user.trail_name.as_str()), (id, "Sam"));
    let again = event("user.registered", Subject::Stored);
    let again = store
        .register_user(new_user(1, "Kea", "overland_track"), again)
        .await
        .unwrap();
    assert_eq!(again, Commit::Stale);
    assert_eq!(audited(store).await, ["user.registered"]);
    let log = thunderbird_domain::admin::AdminReader::audit(store, AuditFilter::default(), 9)
        .await
        .unwrap();
    assert_eq!(log.items[0].subject, format!("user:{}", id.get()));
}

pub(super) async fn registers_one_of_many_at_once<S: Administered>(store: S) {
    let racing: Vec<_> = (0..16)
        .map(|byte| {
            let store = store.clone();
            let user = thunderbird_domain::user::UserChange {
                tag: tag(100 + byte),
                ..new_user(1, "Sam", "overland_track")
            };
            tokio::spawn(async move {
                store
                    .register_user(user, event("user.registered", Subject::Stored))
                    .await
            })
        })
        .collect();
    let mut stored = 0;
    for one in racing {
        stored += usize::from(one.await.unwrap().unwrap() != Commit::Stale);
    }
    assert_eq!((stored, audited(&store).await.len()), (1, 1));
}

pub(super) async fn registers_nobody_on_an_older_view_of_the_link(store: &impl Administered) {
    let audit = event("user.registered", Subject::Stored);
    let ada = linked(store, "ada", 1).await;
    assert_eq!(store.linked_account(&number(1)).await.unwrap(), Some(ada));
    assert_eq!(store.linked_account(&number(2)).await.unwrap(), None);
    let mut change = new_user(1, "Sam", "overland_track");
    let stale = store.register_user(change.clone(), audit.clone()).await.unwrap();
    assert_eq!(stale, Commit::Stale, "the link was not seen");
    assert_eq!(store.by_phone(&number(1)).await.unwrap(), None);
    change.state.account = Some(ada);
    assert!(matches!(
        store.register_user(change, audit).await.unwrap(),
        Commit::Stored(_)
    ));
    let stored = store.by_phone(&number(1)).await.unwrap().unwrap();
    assert_eq!(stored.user.account, Some(ada));
}

/// A carrier hands a number on to other people: what was decided for one of them must not be written to the next.
pub(super) async fn stores_no_change_of_a_hiker_who_has_left_for_the_next_one(store: &impl Administered) {
    let id = registered(store, 1, "Sam", "overland_track").await;
    let sam = store.by_phone(&number(1)).await.unwrap().unwrap();
    let change = thunderbird_domain::user::UserChange {
        replaces: sam.revision,
        ..new_user(1, "Sam Lee", "overland_track")
    };
    assert_eq!(store.remove_user(removal(id)).await.unwrap(), Removal::Stored);
    let kea = thunderbird_domain::user::UserChange {
        tag: tag(9),
        ..new_user(1, "Kea", "overland_track")
    };
    let audit = event("user.registered", Subject::Stored);
    let registered = store.register_user(kea, audit).await.unwrap();
    assert!(matches!(registered, Commit::Stored(_)));
    let late = thunderbird_domain::user::SaveUser {
        change,
        outgoing: Vec::new(),
        counts: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
    };
    assert_eq!(
        thunderbird_domain::user::UserStore::commit(store, late)
            .await
            .unwrap(),
        Commit::Stale
    );
    let kept = store.by_phone(&number(1)).await.unwrap().unwrap();
    assert_eq!(kept.user.trail_name.as_str(), "Kea");
}

pub(super) async fn removes_a_hiker_whose_history_stays(store: &impl Administered) {
    let id = registered(store, 1, "Sam", "overland_track").await;
    let told = thunderbird_domain::outgoing::OutgoingText {
        user: Some(id),
        ..text(1, 2, START)
    };
    store.queue(vec![told, text(2, 3, START)], START).await.unwrap();
    assert_eq!(store.remove_user(removal(id)).await.unwrap(), Removal::Stored);
    assert_eq!(store.by_phone(&number(1)).await.unwrap(), None);
    assert_eq!(
        store.user(id).await.unwrap().unwrap().user.ended_at,
        Some(after(1))
    );
    let states: Vec<_> = texts(store).await.into_iter().map(|line| line.state).collect();
    let states: Vec<_> = states.into_iter().map(MessageState::as_str).collect();
    assert_eq!(
        states,
        ["queued", "withheld"],
        "contacts hear nothing more, and nobody else loses a text"
    );
    assert_eq!(
        store.remove_user(removal(id)).await.unwrap(),
        Removal::UnknownUser
    );
    assert_eq!(audited(store).await, ["user.registered", "user.removed"]);
    registered(store, 1, "Kea", "overland_track").await;
}

/// An account that the number is linked to.
async fn linked(store: &impl Administered, name: &str, last: u32) -> thunderbird_domain::account::AccountId {
    let ada = account::registered(store, name, 50).await;
    assert_eq!(
        phone::link(store, ada.id, &number(last), (7, START)).await,
        PhoneCommit::Stored
    );
    ada.id
}

pub(super) async fn removes_nobody_on_an_older_view_of_the_link(store: &impl Administered) {
    let id = registered(store, 1, "Sam", "overland_track").await;
    let ada = linked(store, "ada", 1).await;
    assert_eq!(store.user(id).await.unwrap().unwrap().user.account, Some(ada));
    assert_eq!(
        store.remove_user(removal(id)).await.unwrap(),
        Removal::Stale,
        "the link was not seen"
    );
    let view = store.view(ada, &number(1)).await.unwrap().unwrap();
    let by = Deciding {
        actor: Actor::System,
        at: after(1),
        entropy: &SeededEntropy::default(),
        macs: &TestMacs::default(),
    };
    let ended = view.release(LinkEndReason::Operator, &by).unwrap();
    let mut change = PhoneChange::of(number(1), after(1));
    change.link = Some(ended.plan);
    let mut remove = removal(id);
    remove.link = Some(change);
    remove.outgoing = ended.outgoing;
    remove.audit.extend(ended.audit);
    let again = remove.clone();
    assert_eq!(store.remove_user(remove).await.unwrap(), Removal::Stored);
    assert_eq!(store.linked(ada).await.unwrap(), None);
    let page = store.account(ada).await.unwrap().unwrap();
    assert_eq!(
        (page.links[0].phone.clone(), page.links[0].ended_at),
        (number(1), Some(after(1)))
    );
    let log = audited(store).await;
    assert!(
        log.ends_with(&["user.removed".to_owned(), "phone.unlinked".to_owned()]),
        "{log:?}"
    );
    registered(store, 1, "Kea", "overland_track").await;
    let mut stale = again;
    stale.user = store.by_phone(&number(1)).await.unwrap().unwrap().id;
    assert_eq!(
        store.remove_user(stale).await.unwrap(),
        Removal::Stale,
        "that link has ended already"
    );
}

pub(super) async fn queues_a_tag_once_and_nothing_against_the_owners_will(store: &impl Administered) {
    let send = async |byte, to| {
        let audit = event("console.test_sent", Subject::Service);
        store.send(text(byte, to, START), audit).await.unwrap()
    };
    assert_eq!(send(1, 1).await, Queueing::Queued);
    assert_eq!(send(1, 1).await, Queueing::QueuedBefore);
    assert!(
        store
            .change_opt_out(
                opts_out(2),
                Vec::new(),
                event("opt_out.recorded", Subject::Service)
            )
            .await
            .unwrap()
    );
    assert_eq!(send(2, 2).await, Queueing::OptedOut);
    assert_eq!(texts(store).await.len(), 1);
    assert_eq!(audited(store).await, ["console.test_sent", "opt_out.recorded"]);
}

#[expect(clippy::too_many_lines, reason = "one story")]
pub(super) async fn sends_again_only_what_was_given_up(store: &impl Administered) {
    store.queue(vec![text(1, 1, START)], START).await.unwrap();
    let row = texts(store).await[0].id;
    let resend = async |row: MessageId| {
        let audit = event("message.resent", Subject::Message(row));
        store.resend(row, after(600), audit).await.unwrap()
    };
    assert_eq!(resend(row).await, Resent::NotGivenUp);
    let order = |now| LeaseOrder {
        class: Class::Notice,
        limit: 1,
        lease: tag(9),
        now,
        until: after(601),
        daily_room: None,
    };
    let leased = store.lease(order(START)).await.unwrap().messages;
    let dead = Settlement {
        id: leased[0].id,
        lease: tag(9),
        at: after(1),
        outcome: SendOutcome::Ended {
            state: Ended::Dead,
            code: None,
            ambiguous: true,
        },
        opt_out: None,
    };
    store.settle(vec![dead]).await.unwrap();
    assert!(
        store
            .change_opt_out(
                opts_out(1),
                Vec::new(),
                event("opt_out.recorded", Subject::Service)
            )
            .await
            .unwrap()
    );
    assert_eq!(resend(row).await, Resent::OptedOut);
    let clear = OptOutChange::Clear {
        phone: number(1),
        at: after(2),
    };
    assert!(
        store
            .change_opt_out(clear, Vec::new(), event("opt_out.cleared", Subject::Service))
            .await
            .unwrap()
    );
    assert_eq!(resend(row).await, Resent::Queued);
    assert_eq!(resend(row).await, Resent::NotGivenUp);
    assert_eq!(resend(MessageId::from_stored(999)).await, Resent::Unknown);
    let again = store.lease(order(after(600))).await.unwrap().messages;
    assert_eq!((again.len(), again[0].tag), (1, tag(1)));
    assert_eq!(
        again[0].expires_at,
        after(600).plus(Class::Notice.life()),
        "a whole new life"
    );
    assert_eq!(
        audited(store).await,
        ["opt_out.recorded", "opt_out.cleared", "message.resent"]
    );
}

pub(super) async fn records_and_clears_an_opt_out_once(store: &impl Administered) {
    let change = async |change, action| {
        store
            .change_opt_out(change, Vec::new(), event(action, Subject::Service))
            .await
            .unwrap()
    };
    let clear = || OptOutChange::Clear {
        phone: number(1),
        at: after(1),
    };
    assert!(!change(clear(), "opt_out.cleared").await);
    assert!(change(opts_out(1), "opt_out.recorded").await);
    assert!(!change(opts_out(1), "opt_out.recorded").await);
    assert!(change(clear(), "opt_out.cleared").await);
    assert_eq!(audited(store).await, ["opt_out.recorded", "opt_out.cleared"]);
}
