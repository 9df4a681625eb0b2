//! Lists: what is in them, in which order, and how they go on.

use thunderbird_domain::{
    admin::{
        AccountFilter, AdminActions, AdminReader, AuditFilter, Cursor, MessageFilter, MessageState,
        UserFilter,
    },
    audit::Subject,
    opt_out::OptOutChange,
    outbox::{
        lease::LeaseOrder,
        settle::{SendOutcome, Settlement},
        state::Ended,
    },
    route::RouteId,
    user::UserId,
};

use super::stage::{Administered, after, event, opts_out, registered, text, texts};
use crate::contract::{
    account,
    user::{number, tag},
};

async fn names(store: &impl Administered, filter: UserFilter) -> Vec<String> {
    let found = store.users(filter, 100).await.unwrap();
    assert_eq!(found.next, None);
    found
        .items
        .into_iter()
        .map(|line| line.trail_name.as_str().to_owned())
        .collect()
}

pub(super) async fn of_hikers_are_newest_first_and_go_on_by_key(store: &impl Administered) {
    let mut ids = Vec::new();
    for last in 1..=5 {
        ids.push(registered(store, last, "Sam", "overland_track").await);
    }
    ids.reverse();
    let mut seen: Vec<UserId> = Vec::new();
    let mut before = None;
    for expected in [2, 2, 1] {
        let filter = UserFilter {
            before,
            ..UserFilter::default()
        };
        let part = store.users(filter, 2).await.unwrap();
        assert_eq!(part.items.len(), expected);
        seen.extend(part.items.iter().map(|line| line.id));
        before = part.next;
    }
    assert_eq!((seen, before), (ids, None));
}

pub(super) async fn of_hikers_are_narrowed_by_number_name_and_route(store: &impl Administered) {
    registered(store, 1, "Kea", "overland_track").await;
    registered(store, 2, "kereru", "western_arthurs").await;
    registered(store, 12, "Sam", "overland_track").await;
    let some = |text: &str| Some(text.to_owned());
    let by = |phone: Option<String>, name: Option<String>, route: Option<String>| UserFilter {
        phone,
        name,
        route: route.map(RouteId::from_stored),
        before: None,
    };
    assert_eq!(names(store, by(None, some("KE"), None)).await, ["kereru", "Kea"]);
    assert_eq!(
        names(store, by(None, None, some("overland_track"))).await,
        ["Sam", "Kea"]
    );
    assert_eq!(names(store, by(some("+6149157001"), None, None)).await, ["Sam"]);
    assert_eq!(
        names(store, by(None, some("ke"), some("overland_track"))).await,
        ["Kea"]
    );
    for hostile in ["%", "_", "Kea'--", "\u{10ffff}"] {
        assert!(
            names(store, by(None, some(hostile), None)).await.is_empty(),
            "{hostile}"
        );
    }
}

pub(super) async fn of_accounts_are_narrowed_by_the_beginning_of_an_address(store: &impl Administered) {
    for (byte, name) in (1..).zip(["ada", "grace", "adele"]) {
        account::registered(store, name, byte).await;
    }
    let found = async |email: &str, limit| {
        let email = Some(email.to_owned()).filter(|email| !email.is_empty());
        store
            .accounts(AccountFilter { email, before: None }, limit)
            .await
            .unwrap()
    };
    let emails: Vec<_> = found("ad", 9)
        .await
        .items
        .into_iter()
        .map(|line| line.email)
        .collect();
    assert_eq!(emails, ["adele@example.org", "ada@example.org"]);
    let first = found("", 1).await;
    assert_eq!(first.next, Some(Cursor::below(first.items[0].id.get())));
    let rest = AccountFilter {
        email: None,
        before: first.next,
    };
    assert_eq!(store.accounts(rest, 9).await.unwrap().items.len(), 2);
}

#[expect(clippy::too_many_lines, reason = "one line or two a filter")]
pub(super) async fn of_texts_are_narrowed_by_state_error_number_and_time(store: &impl Administered) {
    for (byte, minutes) in [(1, 0), (2, 10), (3, 20)] {
        store
            .queue(vec![text(byte, byte.into(), after(minutes))], after(minutes))
            .await
            .unwrap();
    }
    let order = LeaseOrder {
        class: thunderbird_domain::outgoing::Class::Notice,
        limit: 1,
        lease: tag(9),
        now: after(0),
        until: after(1),
        daily_room: None,
    };
    let leased = store.lease(order).await.unwrap().messages;
    let failed = Settlement {
        id: leased[0].id,
        lease: tag(9),
        at: after(1),
        outcome: SendOutcome::Ended {
            state: Ended::Failed,
            code: Some(21_211),
            ambiguous: false,
        },
        opt_out: None,
    };
    store.settle(vec![failed]).await.unwrap();
    let bodies = async |filter: MessageFilter| -> Vec<String> {
        let found = store.messages(filter, 9).await.unwrap().items;
        found.into_iter().filter_map(|line| line.body).collect()
    };
    let all = MessageFilter::default;
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(bodies(all()).await, ["text 3", "text 2", "text 1"]);
    assert_eq!(
        bodies(MessageFilter {
            state: MessageState::parse("failed"),
            ..all()
        })
        .await,
        ["text 1"]
    );
    assert_eq!(
        bodies(MessageFilter {
            error: some("21211"),
            ..all()
        })
        .await,
        ["text 1"]
    );
    assert_eq!(
        bodies(MessageFilter {
            phone: some(number(2).as_str()),
            ..all()
        })
        .await,
        ["text 2"]
    );
    let (since, until) = (Some(after(10)), Some(after(20)));
    assert_eq!(
        bodies(MessageFilter { since, ..all() }).await,
        ["text 3", "text 2"]
    );
    assert_eq!(
        bodies(MessageFilter {
            since,
            until,
            ..all()
        })
        .await,
        ["text 2"]
    );
    assert!(
        bodies(MessageFilter {
            since: Some(after(30)),
            ..all()
        })
        .await
        .is_empty()
    );
    let part = store.messages(all(), 2).await.unwrap();
    let rest = MessageFilter {
        before: part.next,
        ..all()
    };
    assert_eq!(bodies(rest).await, ["text 1"]);
    assert_eq!(texts(store).await.len(), 3);
}

pub(super) async fn of_opt_outs_have_those_that_stand(store: &impl Administered) {
    for last in 1..=3 {
        assert!(
            store
                .change_opt_out(
                    opts_out(last),
                    Vec::new(),
                    event("opt_out.recorded", Subject::Service)
                )
                .await
                .unwrap()
        );
    }
    let clear = OptOutChange::Clear {
        phone: number(2),
        at: after(1),
    };
    assert!(
        store
            .change_opt_out(clear, Vec::new(), event("opt_out.cleared", Subject::Service))
            .await
            .unwrap()
    );
    let standing = store.opt_outs(None, 9).await.unwrap();
    let phones: Vec<_> = standing.items.iter().map(|line| line.phone.clone()).collect();
    assert_eq!((phones, standing.next), (vec![number(3), number(1)], None));
    assert_eq!(
        (standing.items[0].source.as_str(), standing.items[0].started_at),
        ("operator", after(0))
    );
    let first = store.opt_outs(None, 1).await.unwrap();
    assert_eq!(
        store.opt_outs(first.next, 9).await.unwrap().items,
        standing.items[1..]
    );
}

pub(super) async fn of_the_audit_are_narrowed_by_who_and_whom(store: &impl Administered) {
    let user = registered(store, 1, "Sam", "overland_track").await;
    let revealed = |subject| event("console.revealed", subject);
    AdminActions::record(store, revealed(Subject::User(user)).with("page", "1"))
        .await
        .unwrap();
    AdminActions::record(store, revealed(Subject::Service))
        .await
        .unwrap();
    let of = async |actor: Option<&str>, subject: Option<String>| -> Vec<String> {
        let filter = AuditFilter {
            actor: actor.map(str::to_owned),
            subject,
            before: None,
        };
        let found = AdminReader::audit(store, filter, 9).await.unwrap();
        found.items.into_iter().map(|line| line.action).collect()
    };
    let subject = Some(format!("user:{}", user.get()));
    assert_eq!(
        of(None, subject.clone()).await,
        ["console.revealed", "user.registered"]
    );
    assert_eq!(of(Some("system"), None).await.len(), 3);
    assert!(of(Some("admin:1"), subject).await.is_empty());
    let newest = AuditFilter::default();
    let newest = AdminReader::audit(store, newest, 1).await.unwrap();
    assert_eq!(
        (newest.items[0].subject.as_str(), newest.items[0].detail.as_str()),
        ("service", "{}")
    );
    assert_eq!(newest.next, Some(Cursor::below(newest.items[0].number)));
}
