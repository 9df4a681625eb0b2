//! What every [`SessionStore`] promises.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    account::{
        Account, AccountId, AccountStore, EXPIRED_AT_ONCE, EndReason, EndSessions, ExpireSessions, IDLE_LIFE,
        Presented, Session, SessionChange, SessionStart, SessionStatus, SessionStore, Started, UserAgent,
        WhichSessions,
    },
    audit::{Actor, AuditEvent, Subject},
    id::SessionId,
    limit::{Limit, LimitKey, Quota, RateLimiter, Rule, Verdict},
    port::{Commit, Revision},
    time::Timestamp,
};

use super::{
    account::{NOON, registered},
    sign_in::{self, token},
};

/// A store that keeps sessions, and what a session's start looks at.
pub trait Sessions: SessionStore + AccountStore + RateLimiter + 'static {}

impl<S: SessionStore + AccountStore + RateLimiter + 'static> Sessions for S {}

/// Every promise of [`SessionStore`]. `empty` opens a fresh store for each.
pub async fn session<S: Sessions>(empty: impl AsyncFn() -> S) {
    keeps_a_session_as_it_was_started(&empty().await).await;
    knows_no_session_that_was_not_started(&empty().await).await;
    starts_nothing_for_an_account_that_changed_meanwhile(&empty().await).await;
    starts_nothing_when_a_limit_refuses_and_clears_the_counter_when_it_does_not(&empty().await).await;
    starts_no_more_than_are_counted(&empty().await).await;
    ends_the_longest_idle_session_when_there_are_too_many(&empty().await).await;
    finds_a_session_by_every_token_it_ever_had(&empty().await).await;
    stores_only_the_first_of_two_changes_to_one_revision(&empty().await).await;
    remembers_the_first_use_of_the_current_generation_only(&empty().await).await;
    ends_those_that_are_meant_and_no_other(&empty().await).await;
    ends_those_whose_time_is_over_and_no_other(&empty().await).await;
    ends_no_more_at_once_than_it_says_for_their_time(&empty().await).await;
    ends_those_whose_time_is_over_when_another_starts(&empty().await).await;
    stores_one_of_many_changes_made_at_once(Arc::new(empty().await)).await;
}

fn after(minutes: u64) -> Timestamp {
    NOON.plus(Duration::from_mins(minutes))
}

fn event(account: AccountId, action: &'static str) -> AuditEvent {
    AuditEvent::new(NOON, Actor::System, action, Subject::Account(account))
}

fn start_of(account: &Account, fill: u8) -> SessionStart {
    SessionStart {
        user_agent: UserAgent::parse("curl/8.5"),
        limits: vec![failures()],
        clears: failures().key,
        ..sign_in::start_of(account, fill)
    }
}

fn failures() -> Limit {
    let quota = Quota {
        events: 2,
        per: Duration::from_hours(1),
    };
    Limit {
        key: LimitKey::new("test.failures", "ada"),
        rule: Rule::Quota(quota),
    }
}

async fn started(store: &impl Sessions, start: SessionStart) -> Session {
    let digest = start.refresh;
    let Started::Stored(id) = store.start(start).await.unwrap() else {
        panic!("refused")
    };
    let (session, generation) = store.by_refresh(digest).await.unwrap().unwrap();
    assert_eq!((session.id, generation), (id, 1));
    session
}

/// The session after its token was traded for `token(fill)`.
fn rotated(session: &Session, presented: u8, fill: u8) -> SessionChange {
    let presented = token(presented);
    match session.present((&presented, session.generation), &token(fill), after(1)) {
        Presented::Rotate(change) => SessionChange {
            change,
            at: after(1),
            outgoing: Vec::new(),
            audit: Vec::new(),
        },
        other => panic!("{other:?}"),
    }
}

async fn live(store: &impl Sessions, account: AccountId) -> Vec<SessionId> {
    let sessions = store.of_account(account).await.unwrap();
    sessions.iter().map(|session| session.id).collect()
}

async fn keeps_a_session_as_it_was_started(store: &impl Sessions) {
    let ada = registered(store, "ada", 1).await;
    let start = start_of(&ada, 1);
    let session = started(store, start.clone()).await;
    assert_eq!(session, Session::begin(session.id, &start));
    assert_eq!(live(store, ada.id).await, [session.id]);
    let status = SessionStatus {
        account: ada.id,
        expires_at: session.expires_at,
        idle_expires_at: session.idle_expires_at,
        generation: 1,
        used: false,
        ended: false,
    };
    assert_eq!(store.session_status(session.id).await.unwrap(), Some(status));
}

async fn knows_no_session_that_was_not_started(store: &impl Sessions) {
    let ada = registered(store, "ada", 1).await;
    assert_eq!(
        store.session_status(SessionId::from_stored(1)).await.unwrap(),
        None
    );
    assert_eq!(store.by_refresh(token(1).digest()).await.unwrap(), None);
    assert!(live(store, ada.id).await.is_empty());
}

async fn starts_nothing_for_an_account_that_changed_meanwhile(store: &impl Sessions) {
    let ada = registered(store, "ada", 1).await;
    let verified = Revision::At(ada.revision.next());
    let start = SessionStart {
        verified,
        ..start_of(&ada, 1)
    };
    assert_eq!(store.start(start).await.unwrap(), Started::Stale);
    let stranger = SessionStart {
        account: AccountId::from_stored(99),
        ..start_of(&ada, 1)
    };
    assert_eq!(store.start(stranger).await.unwrap(), Started::Stale);
    assert_eq!(store.by_refresh(token(1).digest()).await.unwrap(), None);
}

async fn starts_nothing_when_a_limit_refuses_and_clears_the_counter_when_it_does_not(store: &impl Sessions) {
    let ada = registered(store, "ada", 1).await;
    let fail = async || store.take(vec![failures()], NOON, Vec::new()).await.unwrap();
    assert_eq!(fail().await, Verdict::Allowed);
    started(store, start_of(&ada, 1)).await;
    assert_eq!(fail().await, Verdict::Allowed);
    assert_eq!(fail().await, Verdict::Allowed);
    let refused = Started::Throttled {
        retry_after: Duration::from_hours(1),
    };
    assert_eq!(store.start(start_of(&ada, 2)).await.unwrap(), refused);
    assert_eq!(store.by_refresh(token(2).digest()).await.unwrap(), None);
    assert_ne!(fail().await, Verdict::Allowed);
}

async fn starts_no_more_than_are_counted(store: &impl Sessions) {
    let ada = registered(store, "ada", 1).await;
    let counted = |fill| SessionStart {
        counts: vec![Limit {
            key: LimitKey::new("test.sessions", "ada"),
            ..failures()
        }],
        ..start_of(&ada, fill)
    };
    for fill in 1..=2 {
        started(store, counted(fill)).await;
    }
    assert!(matches!(
        store.start(counted(3)).await.unwrap(),
        Started::Throttled { .. }
    ));
    assert_eq!(store.by_refresh(token(3).digest()).await.unwrap(), None);
    let later = SessionStart {
        at: after(60),
        ..counted(4)
    };
    started(store, later).await;
}

async fn ends_the_longest_idle_session_when_there_are_too_many(store: &impl Sessions) {
    let (ada, grace) = (
        registered(store, "ada", 1).await,
        registered(store, "grace", 2).await,
    );
    let spared = started(store, start_of(&grace, 200)).await;
    let mut ids = Vec::new();
    for fill in 1..=10 {
        ids.push(started(store, start_of(&ada, fill)).await.id);
    }
    store.mark_used(ids[0], 1, after(3)).await.unwrap();
    let newest = SessionStart {
        at: after(4),
        ..start_of(&ada, 11)
    };
    let newest = started(store, newest).await;
    assert!(store.session_status(ids[1]).await.unwrap().unwrap().ended);
    let mut expected: Vec<_> = [&ids[..1], &ids[2..], &[newest.id]].concat();
    expected.reverse();
    assert_eq!(live(store, ada.id).await, expected);
    assert_eq!(live(store, grace.id).await, [spared.id]);
}

async fn finds_a_session_by_every_token_it_ever_had(store: &impl Sessions) {
    let ada = registered(store, "ada", 1).await;
    let mut session = started(store, start_of(&ada, 1)).await;
    for fill in 2..=4 {
        let change = rotated(&session, fill - 1, fill);
        let expected = Session {
            revision: Revision::At(session.revision.next()),
            ..change.change.state.clone()
        };
        assert_eq!(store.commit(change).await.unwrap(), Commit::Stored(()));
        session = store.by_refresh(token(fill).digest()).await.unwrap().unwrap().0;
        assert_eq!(session, expected);
    }
    for fill in 1..=4 {
        let found = store.by_refresh(token(fill).digest()).await.unwrap();
        assert_eq!(found, Some((session.clone(), i64::from(fill))));
    }
}

async fn stores_only_the_first_of_two_changes_to_one_revision(store: &impl Sessions) {
    let ada = registered(store, "ada", 1).await;
    let session = started(store, start_of(&ada, 1)).await;
    assert_eq!(
        store.commit(rotated(&session, 1, 2)).await.unwrap(),
        Commit::Stored(())
    );
    assert_eq!(
        store.commit(rotated(&session, 1, 3)).await.unwrap(),
        Commit::Stale
    );
    assert_eq!(store.by_refresh(token(3).digest()).await.unwrap(), None);
    let kept = store.by_refresh(token(2).digest()).await.unwrap().unwrap().0;
    assert_eq!((kept.generation, kept.current), (2, token(2).digest()));
}

async fn remembers_the_first_use_of_the_current_generation_only(store: &impl Sessions) {
    let ada = registered(store, "ada", 1).await;
    let session = started(store, start_of(&ada, 1)).await;
    let _ = store.commit(rotated(&session, 1, 2)).await.unwrap();
    let find = async || store.by_refresh(token(2).digest()).await.unwrap().unwrap().0;
    let before = find().await;
    store.mark_used(session.id, 1, after(9)).await.unwrap();
    assert_eq!(find().await, before);
    store.mark_used(session.id, 2, after(9)).await.unwrap();
    let mut expected = before.clone();
    expected.mark_used(after(9));
    expected.revision = Revision::At(before.revision.next());
    assert_eq!(find().await, expected);
    assert_eq!(store.commit(rotated(&before, 2, 3)).await.unwrap(), Commit::Stale);
}

async fn ends_those_that_are_meant_and_no_other(store: &impl Sessions) {
    let (ada, grace) = (
        registered(store, "ada", 1).await,
        registered(store, "grace", 2).await,
    );
    let other = started(store, start_of(&grace, 200)).await;
    let mut ids = Vec::new();
    for fill in 1..=4 {
        ids.push(started(store, start_of(&ada, fill)).await.id);
    }
    let end = async |which| {
        let audit = event(ada.id, "session.ended");
        let end = EndSessions {
            account: ada.id,
            which,
            at: NOON,
            reason: EndReason::LoggedOut,
            audit,
        };
        store.end(end).await.unwrap()
    };
    assert_eq!(end(WhichSessions::One(other.id)).await, 0);
    assert_eq!(end(WhichSessions::One(ids[0])).await, 1);
    assert_eq!(end(WhichSessions::One(ids[0])).await, 0);
    assert_eq!(end(WhichSessions::AllBut(ids[2])).await, 2);
    assert_eq!(live(store, ada.id).await, [ids[2]]);
    assert_eq!(end(WhichSessions::All).await, 1);
    assert!(live(store, ada.id).await.is_empty());
    assert_eq!(live(store, grace.id).await, [other.id]);
    store.mark_used(ids[2], 1, after(5)).await.unwrap();
    let ended = store.by_refresh(token(3).digest()).await.unwrap().unwrap().0;
    assert_eq!(ended.ended, Some((NOON, EndReason::LoggedOut)));
    assert_eq!(ended.last_seen_at, NOON);
}

/// Ends what was over two weeks and `minutes` after noon.
async fn expire(store: &impl Sessions, account: Option<AccountId>, minutes: u64) -> usize {
    let at = after(minutes).plus(IDLE_LIFE);
    let audit = AuditEvent::new(at, Actor::System, "session.ended", Subject::Stored);
    store.expire(ExpireSessions { account, at, audit }).await.unwrap()
}

async fn ends_those_whose_time_is_over_and_no_other(store: &impl Sessions) {
    let (ada, grace) = (
        registered(store, "ada", 1).await,
        registered(store, "grace", 2).await,
    );
    let other = started(store, start_of(&grace, 200)).await;
    let (idle, seen) = (
        started(store, start_of(&ada, 1)).await,
        started(store, start_of(&ada, 2)).await,
    );
    store.mark_used(seen.id, 1, after(9)).await.unwrap();
    let just_before = ExpireSessions {
        account: Some(ada.id),
        at: NOON.plus(IDLE_LIFE).minus(Duration::from_micros(1)),
        audit: event(ada.id, "session.ended"),
    };
    assert_eq!(store.expire(just_before).await.unwrap(), 0);
    assert_eq!(expire(store, Some(ada.id), 5).await, 1);
    assert_eq!(expire(store, Some(ada.id), 5).await, 0, "an ended one ends once");
    assert_eq!(live(store, ada.id).await, [seen.id]);
    assert_eq!(live(store, grace.id).await, [other.id]);
    let ended = store.by_refresh(token(1).digest()).await.unwrap().unwrap().0;
    let expected = Session {
        ended: Some((NOON.plus(IDLE_LIFE), EndReason::Expired)),
        revision: Revision::At(idle.revision.next()),
        ..idle.clone()
    };
    assert_eq!(ended, expected);
    assert!(store.session_status(ended.id).await.unwrap().unwrap().ended);
    assert_eq!(
        store.commit(rotated(&idle, 1, 7)).await.unwrap(),
        Commit::Stale,
        "who read it before comes too late"
    );
    assert_eq!(expire(store, None, 9).await, 2, "everybody's");
    assert!(live(store, ada.id).await.is_empty() && live(store, grace.id).await.is_empty());
}

async fn ends_no_more_at_once_than_it_says_for_their_time(store: &impl Sessions) {
    let mut owners = Vec::new();
    for fill in 0..=u8::MAX {
        if fill % 10 == 0 {
            owners.push(registered(store, &format!("hiker-{fill}"), fill).await);
        }
        let start = SessionStart {
            at: after(u64::from(u8::MAX - fill)),
            ..start_of(owners.last().unwrap(), fill)
        };
        started(store, start).await;
    }
    assert_eq!(expire(store, None, 600).await, EXPIRED_AT_ONCE);
    let oldest = store.by_refresh(token(255).digest()).await.unwrap().unwrap().0;
    let newest = store.by_refresh(token(0).digest()).await.unwrap().unwrap().0;
    assert!(oldest.ended.is_some() && newest.ended.is_none());
    assert_eq!(expire(store, None, 600).await, 256 - EXPIRED_AT_ONCE);
    assert_eq!(expire(store, None, 600).await, 0);
}

async fn ends_those_whose_time_is_over_when_another_starts(store: &impl Sessions) {
    let ada = registered(store, "ada", 1).await;
    let old = started(store, start_of(&ada, 1)).await;
    let start = SessionStart {
        at: NOON.plus(IDLE_LIFE),
        ..start_of(&ada, 2)
    };
    let new = started(store, start).await;
    assert_eq!(live(store, ada.id).await, [new.id]);
    assert!(store.session_status(old.id).await.unwrap().unwrap().ended);
}

async fn stores_one_of_many_changes_made_at_once<S: Sessions>(store: Arc<S>) {
    let ada = registered(&*store, "ada", 1).await;
    let session = started(&*store, start_of(&ada, 1)).await;
    let racing: Vec<_> = (2..34)
        .map(|fill| {
            let (store, change) = (Arc::clone(&store), rotated(&session, 1, fill));
            tokio::spawn(async move { (fill, store.commit(change).await.unwrap()) })
        })
        .collect();
    let mut stored = Vec::new();
    for one in racing {
        if let (fill, Commit::Stored(())) = one.await.unwrap() {
            stored.push(fill);
        }
    }
    assert_eq!(stored.len(), 1);
    let kept = store.by_refresh(token(1).digest()).await.unwrap().unwrap().0;
    assert_eq!((kept.generation, kept.current), (2, token(stored[0]).digest()));
}
