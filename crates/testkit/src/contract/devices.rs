//! What every [`SessionStore`] promises about devices.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    account::{
        Account, AccountStore, DEVICES_PER_ACCOUNT, EndReason, EndSessions, KnownDevice, Presented,
        SessionChange, SessionStart, SessionStore, SigningDevice, Started, UserAgent, WhichSessions,
    },
    audit::{Actor, AuditEvent, Subject},
    id::{DeviceId, SessionId},
    port::Commit,
    privacy::PrivacyStore,
};

use super::{
    account::{NOON, registered},
    sign_in::{device, start_of, token},
};

/// A store that knows devices, and what forgets them.
pub trait Devices: SessionStore + AccountStore + PrivacyStore + 'static {}

impl<S: SessionStore + AccountStore + PrivacyStore + 'static> Devices for S {}

/// Every promise of [`SessionStore`] about devices. `empty` opens a fresh store for each.
pub async fn devices<S: Devices>(empty: impl AsyncFn() -> S) {
    keeps_a_device_as_it_signed_in(&empty().await).await;
    remembers_that_a_device_came_back(&empty().await).await;
    starts_nothing_on_a_device_that_was_forgotten_or_is_another_accounts(&empty().await).await;
    keeps_twenty_of_an_account(&empty().await).await;
    forgets_those_of_sessions_that_somebody_else_ends(&empty().await).await;
    keeps_the_one_that_signs_out(&empty().await).await;
    forgets_the_one_whose_token_was_copied(&empty().await).await;
    no_session_begins_on_a_device_that_is_forgotten(Arc::new(empty().await)).await;
}

fn after(minutes: u64) -> thunderbird_domain::time::Timestamp {
    NOON.plus(Duration::from_mins(minutes))
}

async fn started(store: &impl Devices, start: SessionStart) -> SessionId {
    match store.start(start).await.unwrap() {
        Started::Stored(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn known(store: &impl Devices, fill: u8) -> Option<KnownDevice> {
    store.device(device(fill)).await.unwrap()
}

/// The sign-in of a known device, `minutes` after noon.
fn back(account: &Account, (fill, on): (u8, DeviceId), minutes: u64) -> SessionStart {
    SessionStart {
        device: SigningDevice::Known(on),
        user_agent: UserAgent::parse("a browser"),
        at: after(minutes),
        ..start_of(account, fill)
    }
}

fn end_of(account: &Account, which: WhichSessions, reason: EndReason) -> EndSessions {
    EndSessions {
        account: account.id,
        which,
        at: after(5),
        reason,
        audit: AuditEvent::new(NOON, Actor::System, "session.ended", Subject::Account(account.id)),
    }
}

async fn keeps_a_device_as_it_signed_in(store: &impl Devices) {
    let ada = registered(store, "ada", 1).await;
    assert_eq!(known(store, 1).await, None);
    let session = started(store, start_of(&ada, 1)).await;
    let found = known(store, 1).await.unwrap();
    let expected = KnownDevice {
        id: found.id,
        account: ada.id,
        user_agent: None,
        session,
        created_at: NOON,
        last_used_at: NOON,
    };
    assert_eq!(found, expected);
    assert_eq!(store.export(ada.id).await.unwrap().unwrap().devices, [expected]);
}

async fn remembers_that_a_device_came_back(store: &impl Devices) {
    let ada = registered(store, "ada", 1).await;
    started(store, start_of(&ada, 1)).await;
    let first = known(store, 1).await.unwrap();
    let session = started(store, back(&ada, (2, first.id), 7)).await;
    let expected = KnownDevice {
        user_agent: UserAgent::parse("a browser"),
        session,
        last_used_at: after(7),
        ..first
    };
    assert_eq!(known(store, 1).await, Some(expected));
    assert_eq!(known(store, 2).await, None, "it keeps its token");
}

async fn starts_nothing_on_a_device_that_was_forgotten_or_is_another_accounts(store: &impl Devices) {
    let (ada, grace) = (
        registered(store, "ada", 1).await,
        registered(store, "grace", 2).await,
    );
    started(store, start_of(&ada, 1)).await;
    let found = known(store, 1).await.unwrap();
    let foreign = back(&grace, (2, found.id), 1);
    assert_eq!(store.start(foreign).await.unwrap(), Started::Stale);
    let end = end_of(&ada, WhichSessions::All, EndReason::LoggedOut);
    assert_eq!(store.end(end).await.unwrap(), 1);
    let late = back(&ada, (3, found.id), 9);
    assert_eq!(store.start(late).await.unwrap(), Started::Stale);
    for fill in [2, 3] {
        assert_eq!(store.by_refresh(token(fill).digest()).await.unwrap(), None);
    }
}

async fn keeps_twenty_of_an_account(store: &impl Devices) {
    let (ada, grace) = (
        registered(store, "ada", 1).await,
        registered(store, "grace", 2).await,
    );
    started(store, start_of(&grace, 200)).await;
    let most = u8::try_from(DEVICES_PER_ACCOUNT).unwrap();
    for fill in 1..=most {
        let start = SessionStart {
            at: after(u64::from(fill)),
            ..start_of(&ada, fill)
        };
        started(store, start).await;
    }
    let oldest = known(store, 1).await.unwrap();
    started(store, back(&ada, (100, oldest.id), 60)).await;
    let newest = SessionStart {
        at: after(61),
        ..start_of(&ada, 101)
    };
    started(store, newest).await;
    assert_eq!(known(store, 2).await, None, "it never came back");
    assert!(known(store, 1).await.is_some() && known(store, 3).await.is_some());
    assert!(known(store, 101).await.is_some() && known(store, 200).await.is_some());
    let kept = store.export(ada.id).await.unwrap().unwrap().devices;
    assert_eq!(kept.len(), DEVICES_PER_ACCOUNT);
    assert!(kept.is_sorted_by_key(|device| std::cmp::Reverse(device.last_used_at)));
}

async fn forgets_those_of_sessions_that_somebody_else_ends(store: &impl Devices) {
    let (ada, grace) = (
        registered(store, "ada", 1).await,
        registered(store, "grace", 2).await,
    );
    started(store, start_of(&grace, 200)).await;
    let mut sessions = Vec::new();
    for fill in 1..=4 {
        sessions.push(started(store, start_of(&ada, fill)).await);
    }
    let end = async |which, reason| store.end(end_of(&ada, which, reason)).await.unwrap();
    let left = async || {
        let devices = store.export(ada.id).await.unwrap().unwrap().devices;
        let mut left: Vec<_> = devices.iter().map(|device| device.session).collect();
        left.sort_unstable();
        left
    };
    end(WhichSessions::One(sessions[0]), EndReason::EndedByOwner).await;
    assert_eq!(left().await, sessions[1..]);
    end(WhichSessions::AllBut(sessions[2]), EndReason::PasswordChanged).await;
    assert_eq!(left().await, [sessions[2]]);
    end(WhichSessions::One(sessions[2]), EndReason::LoggedOut).await;
    assert_eq!(end(WhichSessions::All, EndReason::EndedByOperator).await, 0);
    assert!(left().await.is_empty(), "also if no session is left");
    assert!(known(store, 200).await.is_some());
}

async fn keeps_the_one_that_signs_out(store: &impl Devices) {
    let ada = registered(store, "ada", 1).await;
    let session = started(store, start_of(&ada, 1)).await;
    let found = known(store, 1).await.unwrap();
    let end = end_of(&ada, WhichSessions::One(session), EndReason::LoggedOut);
    assert_eq!(store.end(end).await.unwrap(), 1);
    started(store, back(&ada, (2, found.id), 9)).await;
}

async fn forgets_the_one_whose_token_was_copied(store: &impl Devices) {
    let ada = registered(store, "ada", 1).await;
    for fill in [1, 9] {
        started(store, start_of(&ada, fill)).await;
    }
    let change = |change| SessionChange {
        change,
        at: after(1),
        outgoing: Vec::new(),
        audit: Vec::new(),
    };
    for fill in [2, 3] {
        let presented = token(fill - 1);
        let (session, generation) = store.by_refresh(presented.digest()).await.unwrap().unwrap();
        let Presented::Rotate(rotated) = session.present((&presented, generation), &token(fill), after(1))
        else {
            panic!("{session:?}")
        };
        assert_eq!(store.commit(change(rotated)).await.unwrap(), Commit::Stored(()));
    }
    let (session, generation) = store.by_refresh(token(1).digest()).await.unwrap().unwrap();
    let Presented::Reused(reused) = session.present((&token(1), generation), &token(4), after(1)) else {
        panic!("{session:?}")
    };
    assert!(known(store, 1).await.is_some());
    assert_eq!(store.commit(change(reused)).await.unwrap(), Commit::Stored(()));
    assert_eq!(known(store, 1).await, None);
    assert!(known(store, 9).await.is_some());
}

/// Sign-ins of one device race with the end of every session: no session begins on a device that is forgotten.
async fn no_session_begins_on_a_device_that_is_forgotten<S: Devices>(store: Arc<S>) {
    let ada = registered(&*store, "ada", 1).await;
    started(&*store, start_of(&ada, 1)).await;
    let found = known(&*store, 1).await.unwrap();
    let racing: Vec<_> = (2..18)
        .map(|fill| {
            let (store, start) = (Arc::clone(&store), back(&ada, (fill, found.id), 1));
            tokio::spawn(async move { store.start(start).await.unwrap() })
        })
        .collect();
    store
        .end(end_of(&ada, WhichSessions::All, EndReason::LoggedOut))
        .await
        .unwrap();
    for one in racing {
        assert!(matches!(one.await.unwrap(), Started::Stored(_) | Started::Stale));
    }
    assert_eq!(known(&*store, 1).await, None);
    assert!(store.of_account(ada.id).await.unwrap().is_empty());
}
