//! When a session lives, and what its tokens lead to.

use super::*;

const NOON: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

fn after(days: u64) -> Timestamp {
    NOON.plus(Duration::from_hours(days * 24))
}

fn token(fill: u8) -> OpaqueToken {
    OpaqueToken::parse(&format!("{fill:02x}").repeat(32)).unwrap()
}

/// A session of generation 1, whose token is `token(1)`.
fn begun() -> Session {
    Session {
        id: SessionId::from_stored(7),
        account: AccountId::from_stored(3),
        started_at: NOON,
        last_seen_at: NOON,
        user_agent: None,
        expires_at: NOON.plus(WHOLE_LIFE),
        idle_expires_at: NOON.plus(IDLE_LIFE),
        generation: 1,
        current: token(1).digest(),
        used: false,
        successor: None,
        ended: None,
        revision: Revision::At(1),
    }
}

/// The session after its token of the first generation was traded for `token(2)`.
fn rotated() -> Session {
    match begun().present((&token(1), 1), &token(2), NOON) {
        Presented::Rotate(change) => change.state,
        other => panic!("{other:?}"),
    }
}

fn present(session: &Session, fill: u8) -> Presented {
    session.present((&token(fill), i64::from(fill)), &token(99), NOON)
}

#[test]
fn the_current_token_is_traded_for_a_successor() {
    let next = rotated();
    assert_eq!(
        (next.generation, next.current, next.used),
        (2, token(2).digest(), false)
    );
    assert!(matches!(present(&next, 2), Presented::Rotate(change) if change.state.generation == 3));
}

#[test]
fn a_lost_answer_is_given_again_however_often_it_is_asked_for() {
    let next = rotated();
    for days in [0, 1, 13] {
        let again = next.present((&token(1), 1), &token(99), after(days));
        assert_eq!(again, Presented::Again(SameToken(token(2))), "{days}");
    }
}

#[test]
fn a_token_is_reused_once_its_successor_was_used() {
    let mut next = rotated();
    next.mark_used(NOON);
    assert_eq!(next.successor, None);
    let Presented::Reused(change) = present(&next, 1) else {
        panic!()
    };
    assert_eq!(change.state.ended, Some((NOON, EndReason::Reused)));
    assert_eq!(change.replaces, next.revision);
    assert_eq!(present(&change.state, 2), Presented::Over);
}

#[test]
fn a_token_older_than_the_last_but_one_is_reused_even_if_nothing_was_used() {
    let Presented::Rotate(third) = present(&rotated(), 2) else {
        panic!()
    };
    assert!(matches!(present(&third.state, 1), Presented::Reused(_)));
    assert!(matches!(present(&third.state, 2), Presented::Again(_)));
}

#[test]
fn two_weeks_without_a_sign_or_thirty_days_in_all_end_a_session() {
    assert!(begun().is_live(after(14).minus(Duration::from_micros(1))));
    let presented = |session: &Session, day| session.present((&token(1), 1), &token(2), after(day));
    assert_eq!(begun().time_over_at(), after(14));
    assert_eq!(presented(&begun(), 14), Presented::Expired);
    let expired = Session {
        ended: Some((after(14), EndReason::Expired)),
        ..begun()
    };
    assert_eq!(
        presented(&expired, 1),
        Presented::Over,
        "whatever the clock says later"
    );
    let mut busy = begun();
    for day in (10..=20).step_by(10) {
        busy.mark_used(after(day));
    }
    assert!(busy.is_live(after(30).minus(Duration::from_micros(1))));
    assert!(!busy.is_live(after(30)));
    assert_eq!(busy.time_over_at(), after(30));
}

#[test]
fn a_clock_set_back_shortens_no_session() {
    let mut session = begun();
    session.mark_used(after(5));
    session.mark_used(after(1));
    assert_eq!(session.last_seen_at, after(5));
    assert!(session.is_live(after(18)));
}

#[test]
fn the_sessions_idle_for_longest_are_surplus() {
    let sessions: Vec<_> = (0..12)
        .map(|age: i64| {
            let mut session = Session {
                id: SessionId::from_stored(age + 1),
                ..begun()
            };
            session.last_seen_at = after(1).minus(Duration::from_secs(u64::try_from(age).unwrap()));
            session
        })
        .collect();
    let surplus: Vec<_> = Session::surplus(&sessions, after(1))
        .iter()
        .map(|id| id.get())
        .collect();
    assert_eq!(surplus, [10, 11, 12]);
    assert!(Session::surplus(&sessions[..9], after(1)).is_empty());
    assert!(Session::surplus(&sessions, after(15)).is_empty());
}

#[test]
fn a_client_name_is_cut_to_what_a_list_can_show() {
    let shown = |raw: &str| UserAgent::parse(raw).map(|name| name.as_str().to_owned());
    assert_eq!(shown("curl/8.5"), Some("curl/8.5".to_owned()));
    assert_eq!(shown("a\u{1b}[31m\u{202e}b\r\n"), Some("a[31mb".to_owned()));
    assert_eq!(shown(&"x".repeat(999)).unwrap().len(), 200);
    assert_eq!(shown(" \t"), None);
}
