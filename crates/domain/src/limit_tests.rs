//! What counters add up to, and what rules make of it.

use super::*;

const NOON: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

fn wait(verdict: Verdict) -> u64 {
    match verdict {
        Verdict::Allowed => 0,
        Verdict::Refused { retry_after } => retry_after.as_secs(),
    }
}

#[test]
fn five_failures_are_free_and_then_the_delay_doubles_up_to_an_hour() {
    let (mut counter, mut now, mut delays) = (None, NOON, Vec::new());
    for _ in 0..14 {
        counter = Some(Rule::LoginCurve.count(counter, now));
        let delay = wait(Rule::LoginCurve.judge(counter, now));
        delays.push(delay);
        now = now.plus(Duration::from_secs(delay));
        assert_eq!(Rule::LoginCurve.judge(counter, now), Verdict::Allowed);
    }
    assert_eq!(
        delays,
        [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    );
    let far = Counter {
        events: u32::MAX,
        since: now,
        last: now,
    };
    assert_eq!(wait(Rule::LoginCurve.judge(Some(far), now)), 3600);
}

#[test]
fn what_is_given_back_leaves_every_other_failure_as_it_was() {
    let curve = Rule::LoginCurve;
    let after = |seconds| NOON.plus(Duration::from_secs(seconds));
    let failures =
        |until: u64| (0..until).fold(None, |counter, second| Some(curve.count(counter, after(second))));
    let closed = failures(6).unwrap();
    let open_at = after(5 + 60);
    let taken = curve.count(Some(closed), open_at);
    let back = curve.give_back(taken, open_at);
    assert_eq!((back.events, back.since), (6, NOON));
    assert_eq!(curve.judge(Some(back), open_at), Verdict::Allowed);
    let soon = open_at
        .plus(LOGIN_FAILURES_REMEMBERED)
        .minus(Duration::from_secs(61));
    assert_eq!(
        curve.count(Some(back), soon).events,
        7,
        "the failures before it are remembered from the last one on"
    );

    let three = failures(3).unwrap();
    let taken_first = curve.count(Some(three), after(10));
    let failed_later = curve.count(Some(curve.count(Some(taken_first), after(11))), after(12));
    let back = curve.give_back(failed_later, after(10));
    assert_eq!((back.events, back.last), (5, after(12)));
    assert_eq!(
        wait(curve.judge(Some(back), after(13))),
        29,
        "failures after it still close the door"
    );
}

#[test]
fn what_was_counted_in_a_window_that_is_over_is_not_given_back_in_the_next() {
    let rule = Rule::Quota(Quota {
        events: 2,
        per: Duration::from_mins(10),
    });
    let next = NOON.plus(Duration::from_mins(10));
    let counter = rule.count(Some(rule.count(None, NOON)), next);
    assert_eq!(rule.give_back(counter, NOON).events, 1);
    assert_eq!(rule.give_back(counter, next).events, 0);
}

#[test]
fn a_login_identifier_is_forgotten_after_a_quiet_day() {
    let counter = Counter {
        events: 40,
        since: NOON,
        last: NOON,
    };
    let later = NOON.plus(LOGIN_FAILURES_REMEMBERED);
    assert_eq!(Rule::LoginCurve.count(Some(counter), later).events, 1);
    assert_eq!(
        Rule::LoginCurve
            .count(Some(counter), later.minus(Duration::from_secs(1)))
            .events,
        41
    );
}

#[test]
fn a_quota_refuses_until_its_window_closes() {
    let rule = Rule::Quota(Quota {
        events: 2,
        per: Duration::from_mins(10),
    });
    let mut counter = None;
    for second in [0, 100] {
        let now = NOON.plus(Duration::from_secs(second));
        assert_eq!(rule.judge(counter, now), Verdict::Allowed);
        counter = Some(rule.count(counter, now));
    }
    assert_eq!(
        wait(rule.judge(counter, NOON.plus(Duration::from_secs(150)))),
        450
    );
    let next = NOON.plus(Duration::from_mins(10));
    assert_eq!(rule.judge(counter, next), Verdict::Allowed);
    assert_eq!(
        rule.count(counter, next),
        Counter {
            events: 1,
            since: next,
            last: next
        }
    );
}

#[test]
fn a_clock_set_back_by_a_little_forgets_nothing_and_by_a_lot_shuts_nobody_out() {
    let moment = NOON.plus(Duration::from_secs(3));
    let recent = Counter {
        events: 6,
        since: moment,
        last: moment,
    };
    assert_eq!(wait(Rule::LoginCurve.judge(Some(recent), NOON)), 60);
    assert_eq!(
        Rule::LoginCurve.count(Some(recent), NOON),
        Counter { events: 7, ..recent }
    );
    let ahead = NOON.plus(Duration::from_hours(400 * 24));
    let counter = Counter {
        events: 50,
        since: ahead,
        last: ahead,
    };
    assert_eq!(Rule::LoginCurve.judge(Some(counter), NOON), Verdict::Allowed);
    assert_eq!(Rule::LoginCurve.count(Some(counter), NOON).last, NOON);
}

#[test]
fn an_ipv6_customer_is_one_source_and_a_mapped_address_is_its_ipv4() {
    let source = |raw: &str| Source::of(raw.parse().unwrap());
    assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2:ffff::9"));
    assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
    assert_eq!(source("::ffff:192.0.2.7"), source("192.0.2.7"));
    assert_ne!(source("192.0.2.7"), source("192.0.2.8"));
}

#[test]
fn the_stricter_verdict_wins() {
    let refused = |seconds| Verdict::Refused {
        retry_after: Duration::from_secs(seconds),
    };
    assert_eq!(Verdict::Allowed.and(refused(3)), refused(3));
    assert_eq!(refused(9).and(refused(3)), refused(9));
    assert_eq!(Verdict::Allowed.and(Verdict::Allowed), Verdict::Allowed);
}
