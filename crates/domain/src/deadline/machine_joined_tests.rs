//! Contacts who are added while an alarm is open.

use super::*;

#[test]
fn a_contact_who_joins_an_alarm_is_alerted_once_also_after_the_last_alert() {
    let joined = |deadline: &Deadline, minute| deadline.joined_by(&phone(7), START.plus(minutes(minute)));
    let mut deadline = promise(600);
    assert_eq!(joined(&deadline, 5), None, "no alarm is open");
    run(&mut deadline, 0, 665);
    assert_eq!(
        deadline.joined_by(&phone(0), START.plus(minutes(666))),
        None,
        "alerted before"
    );
    deadline = joined(&deadline, 666).unwrap();
    assert_eq!(run(&mut deadline, 666, 700), [(667, Stage::Joined)]);
    deadline = joined(&deadline, 719).unwrap();
    assert_eq!(
        run(&mut deadline, 720, 721),
        [(720, Stage::Alert2)],
        "the alert says it"
    );
    run(&mut deadline, 722, 900);
    deadline = joined(&deadline, 1_000).unwrap();
    assert_eq!(
        deadline.step(START.plus(minutes(1_001)), Hold::ClockInDoubt),
        None
    );
    assert_eq!(run(&mut deadline, 1_001, 2_000), [(1_001, Stage::Joined)]);
    let closed = deadline.closed(How::Back, None, START.plus(minutes(2_001)));
    assert_eq!(joined(&closed, 2_002), None);
}
