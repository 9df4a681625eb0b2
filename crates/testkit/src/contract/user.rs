//! What every store of hikers promises.

use std::time::Duration;

use thunderbird_domain::{
    account::AccountId,
    audit::{Actor, AuditEvent, Subject},
    limit::{Limit, LimitKey, Quota, RateLimiter, Rule, Verdict},
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::PhoneNumber,
    port::{Commit, Revision},
    random::Tag,
    route::RouteId,
    time::Timestamp,
    user::{
        CheckIn, CheckInSource, Contact, ContactName, Position, SaveUser, SavedUser, StoredUser, TrailName,
        User, UserChange, UserStore,
    },
};

const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// The promises of [`UserStore`].
pub async fn user<S: UserStore + RateLimiter + Clone + 'static>(empty: impl AsyncFn() -> S) {
    a_hiker_is_found_as_stored(&empty().await).await;
    contacts_are_kept_renamed_and_removed(&empty().await).await;
    a_check_in_joins_the_history(&empty().await).await;
    a_number_has_one_live_hiker(&empty().await).await;
    a_change_of_an_old_state_stores_nothing(&empty().await).await;
    a_hiker_s_account_is_the_number_s(&empty().await).await;
    of_two_changes_at_once_one_wins(empty().await).await;
    what_a_limit_refuses_stores_nothing(&empty().await).await;
}

/// A number that nobody has.
pub(crate) fn number(last: u32) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+614915700{last:02}")).unwrap()
}

/// A tag that only this byte decides.
pub(crate) fn tag(byte: u8) -> Tag {
    Tag::from_bytes([byte; 16])
}

/// A hiker who has just registered.
pub(crate) fn registration(phone: &PhoneNumber, byte: u8) -> UserChange {
    UserChange {
        replaces: Revision::Absent,
        tag: tag(byte),
        state: User {
            phone: phone.clone(),
            trail_name: TrailName::parse("Sam").unwrap(),
            route: RouteId::from_stored("overland_track"),
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

/// A contact who was added at the beginning.
pub(crate) fn contact(last: u32, name: &str) -> Contact {
    Contact {
        id: None,
        phone: number(last),
        name: ContactName::clean(name),
        created_at: START,
        email: None,
    }
}

fn save(change: UserChange) -> SaveUser {
    SaveUser {
        change,
        outgoing: Vec::new(),
        counts: Vec::new(),
        audit: Vec::new(),
        deadlines: Vec::new(),
    }
}

/// A change of a stored hiker.
pub(crate) fn changed(stored: &StoredUser, edit: impl FnOnce(&mut User)) -> UserChange {
    let mut change = UserChange {
        replaces: stored.revision,
        tag: tag(0),
        state: stored.user.clone(),
        check_in: None,
        taken_back: None,
        at: START.plus(Duration::from_mins(1)),
    };
    edit(&mut change.state);
    change
}

/// Stores a change that no other writer disturbs.
pub(crate) async fn stored(store: &impl UserStore, change: UserChange) -> SavedUser {
    match store.commit(save(change)).await.unwrap() {
        Commit::Stored(saved) => saved,
        Commit::Stale => panic!("nobody else writes"),
    }
}

async fn a_hiker_is_found_as_stored(store: &impl UserStore) {
    assert_eq!(store.by_phone(&number(6)).await.unwrap(), None);
    assert_eq!(store.by_account(AccountId::from_stored(1)).await.unwrap(), None);
    let saved = stored(store, registration(&number(6), 1)).await;
    assert_eq!(saved.check_in, None);
    assert_eq!(saved.user.user, registration(&number(6), 1).state);
    assert_eq!(saved.user.revision, Revision::At(1));
    assert_eq!(store.by_phone(&number(6)).await.unwrap(), Some(*saved.user));
    assert_eq!(store.by_phone(&number(10)).await.unwrap(), None);
}

async fn contacts_are_kept_renamed_and_removed(store: &impl UserStore) {
    let hiker = stored(store, registration(&number(6), 1)).await.user;
    let two = changed(&hiker, |user| {
        user.contacts = vec![contact(10, "Mum"), contact(56, "Dad")];
    });
    let hiker = stored(store, two).await.user;
    let ids: Vec<_> = hiker
        .user
        .contacts
        .iter()
        .map(|contact| contact.id.unwrap())
        .collect();
    let renamed = changed(&hiker, |user| {
        user.contacts[0].name = ContactName::clean("Mother");
    });
    let hiker = stored(store, renamed).await.user;
    assert_eq!(hiker.user.contacts[0].name.as_str(), "Mother");
    let kept: Vec<_> = hiker
        .user
        .contacts
        .iter()
        .map(|contact| contact.id.unwrap())
        .collect();
    assert_eq!(kept, ids, "a renamed contact is the same one");
    let removed = changed(&hiker, |user| drop(user.contacts.remove(0)));
    let hiker = stored(store, removed).await.user;
    assert_eq!(hiker.user.contacts.len(), 1);
    assert_eq!(hiker.user.contacts[0].id, Some(ids[1]));
    let again = changed(&hiker, |user| user.contacts.push(contact(10, "Mum")));
    let hiker = stored(store, again).await.user;
    assert!(
        !ids.contains(&hiker.user.contacts[1].id.unwrap()),
        "an id is never reused"
    );
}

async fn a_check_in_joins_the_history(store: &impl UserStore) {
    let hiker = stored(store, registration(&number(6), 1)).await.user;
    assert_eq!(store.check_ins(hiker.id, None, 10).await.unwrap(), []);
    let mut last = hiker.clone();
    let mut ids = Vec::new();
    for (byte, code) in [(11, "RONNY"), (12, "WATER"), (13, "PELIO")] {
        let at = START.plus(Duration::from_secs(u64::from(byte) * 3_600));
        let mut change = changed(&last, |user| {
            user.position = Some(Position {
                code: code.into(),
                at,
            });
        });
        change.check_in = Some(CheckIn {
            tag: tag(byte),
            route: RouteId::from_stored("overland_track"),
            camp_code: code.into(),
            camp_name: format!("Camp {code}"),
            source: CheckInSource::Web,
            at,
            contacts_told: 2,
            before: None,
            taken_back_at: None,
        });
        let expected = change.check_in.clone();
        let saved = stored(store, change).await;
        assert_eq!(
            saved.user.user.position,
            Some(Position {
                code: code.into(),
                at
            })
        );
        let newest = store.check_ins(hiker.id, None, 1).await.unwrap().pop().unwrap();
        assert_eq!(
            (Some(newest.id), Some(newest.check_in)),
            (saved.check_in, expected)
        );
        ids.push(newest.id);
        last = saved.user;
    }
    let page = store.check_ins(hiker.id, Some(ids[2]), 1).await.unwrap();
    assert_eq!(
        page.iter().map(|line| line.id).collect::<Vec<_>>(),
        [ids[1]],
        "newest first, below the mark"
    );
}

async fn a_number_has_one_live_hiker(store: &impl UserStore) {
    let first = stored(store, registration(&number(6), 1)).await.user;
    let second = store.commit(save(registration(&number(6), 2))).await.unwrap();
    assert_eq!(second, Commit::Stale);
    assert_eq!(store.by_phone(&number(6)).await.unwrap(), Some(*first));
}

async fn a_change_of_an_old_state_stores_nothing(store: &impl UserStore) {
    let old = stored(store, registration(&number(6), 1)).await.user;
    let new = stored(
        store,
        changed(&old, |user| user.contacts.push(contact(10, "Mum"))),
    )
    .await
    .user;
    let mut late = save(changed(&old, |user| {
        user.trail_name = TrailName::parse("Late").unwrap();
    }));
    late.outgoing.push(Outgoing::Text(OutgoingText {
        tag: tag(9),
        to: number(10),
        class: Class::Notice,
        words: Words::Plain("late".into()),
        not_before: START,
        expires_at: START.plus(Duration::from_hours(1)),
        user: Some(old.id),
    }));
    late.audit.push(AuditEvent::new(
        START,
        Actor::User(old.id),
        "user.changed",
        Subject::User(old.id),
    ));
    assert_eq!(store.commit(late).await.unwrap(), Commit::Stale);
    assert_eq!(store.by_phone(&number(6)).await.unwrap(), Some(*new));
}

async fn what_a_limit_refuses_stores_nothing(store: &(impl UserStore + RateLimiter)) {
    let hiker = stored(store, registration(&number(6), 1)).await.user;
    let per = Duration::from_hours(1);
    let limit = Limit {
        key: LimitKey::new("test", [1]),
        rule: Rule::Quota(Quota { events: 2, per }),
    };
    let named = |name: &str| {
        let mut save = save(changed(&hiker, |user| {
            user.trail_name = TrailName::parse(name).unwrap();
        }));
        save.counts = vec![limit.clone(); 2];
        save
    };
    let mut too_many = named("Three");
    too_many.counts.push(limit.clone());
    assert_eq!(store.commit(too_many).await.unwrap(), Commit::Stale);
    assert_eq!(store.by_phone(&number(6)).await.unwrap(), Some(*hiker.clone()));
    assert!(matches!(
        store.commit(named("Two")).await.unwrap(),
        Commit::Stored(_)
    ));
    let counted = store.counted(vec![limit.key.clone()]).await.unwrap();
    let at = START.plus(Duration::from_mins(1));
    assert_ne!(counted.judge(std::slice::from_ref(&limit), at), Verdict::Allowed);
}

async fn a_hiker_s_account_is_the_number_s(store: &impl UserStore) {
    let mut claimed = registration(&number(6), 1);
    claimed.state.account = Some(AccountId::from_stored(1));
    assert_eq!(store.commit(save(claimed)).await.unwrap(), Commit::Stale);
    assert_eq!(store.by_phone(&number(6)).await.unwrap(), None);
}

async fn of_two_changes_at_once_one_wins<S: UserStore + Clone + 'static>(store: S) {
    let hiker = stored(&store, registration(&number(6), 1)).await.user;
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let (store, hiker) = (store.clone(), hiker.clone());
            tokio::spawn(async move {
                let change = changed(&hiker, |user| user.contacts.push(contact(10 + writer, "Mum")));
                matches!(store.commit(save(change)).await.unwrap(), Commit::Stored(_))
            })
        })
        .collect();
    let mut winners = 0;
    for writer in writers {
        winners += u32::from(writer.await.unwrap());
    }
    assert_eq!(winners, 1);
    assert_eq!(
        store
            .by_phone(&number(6))
            .await
            .unwrap()
            .unwrap()
            .user
            .contacts
            .len(),
        1
    );
}
