//! The machine after a backup was put back.

use super::*;

/// A promise in a backup from 40 minutes after its time, with both questions sent, that was put back 10 minutes later.
fn restored() -> Deadline {
    let mut deadline = promise(600);
    run(&mut deadline, 0, 640);
    deadline.restored_at = Some(START.plus(minutes(650)));
    deadline
}

#[test]
fn after_a_restore_the_hiker_is_asked_again_before_a_contact_is_alerted() {
    let mut deadline = restored();
    let fired = run(&mut deadline, 651, 1_000);
    assert_eq!(
        fired,
        [
            (660, Stage::Ask3),
            (675, Stage::Alert1),
            (720, Stage::Alert2),
            (840, Stage::Alert3)
        ]
    );
}

#[test]
fn a_question_after_the_restore_is_not_asked_again() {
    let mut deadline = promise(600);
    run(&mut deadline, 0, 605);
    deadline.restored_at = Some(START.plus(minutes(610)));
    let fired = run(&mut deadline, 611, 700);
    assert_eq!(fired, [(630, Stage::Ask3), (660, Stage::Alert1)]);
}

#[test]
fn a_restore_by_a_clock_that_was_ahead_puts_no_alert_off() {
    let mut deadline = restored();
    deadline.restored_at = Some(START.plus(minutes(100_000)));
    let fired = run(&mut deadline, 651, 700);
    assert_eq!(fired, [(660, Stage::Alert1)]);
}
