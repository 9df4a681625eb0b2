//! The machine against a model that is written another way, over random histories.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::*;
use crate::{
    deadline::{Kind, Plan, SetBy, State, chance::Random},
    id::UserId,
    random::Tag,
    route::RouteId,
};

#[path = "machine_joined_tests.rs"]
mod joined;
#[path = "machine_restored_tests.rs"]
mod restored;

const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

fn minutes(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

fn phone(number: u64) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+6149157011{number}")).unwrap()
}

fn promise(due_in: u64) -> Deadline {
    Deadline {
        tag: Tag::from_bytes([7; 16]),
        user: UserId::from_stored(1),
        kind: Kind::Out,
        phone: phone(9),
        restored_at: None,
        words: None,
        route: RouteId::from_stored("overland_track".to_owned()),
        zone: TimeZone::UTC,
        due_at: START.plus(minutes(due_in)),
        set_at: START,
        set_by: SetBy::Text,
        replaces: None,
        closed: None,
        stages: Stage::schedule(START.plus(minutes(due_in)), START),
        alarm: None,
        plan: Plan::default(),
        informed: BTreeMap::new(),
    }
}

/// Lets a minute pass at a time until `end`, and notes in which minute each stage fires.
fn run(deadline: &mut Deadline, minutes_from: u64, end: u64) -> Vec<(u64, Stage)> {
    let mut fired = Vec::new();
    for minute in minutes_from..=end {
        while let Some(step) = deadline.step(START.plus(minutes(minute)), Hold::Nothing) {
            *deadline = step.deadline;
            if step.fired.contains(&Stage::Alert1) {
                deadline.alert(
                    [(phone(0), "Mum".to_owned()), (phone(1), "Jo".to_owned())],
                    START.plus(minutes(minute)),
                );
            }
            fired.extend(step.fired.into_iter().map(|stage| (minute, stage)));
        }
    }
    fired
}

#[test]
fn a_promise_that_is_broken_to_the_end_fires_every_stage_once_at_its_time() {
    let mut deadline = promise(600);
    let fired = run(&mut deadline, 0, 2_000);
    assert_eq!(
        fired,
        [
            (2, Stage::Notice),
            (540, Stage::Ask1),
            (600, Stage::Ask2),
            (630, Stage::Ask3),
            (660, Stage::Alert1),
            (720, Stage::Alert2),
            (840, Stage::Alert3),
        ]
    );
    assert_eq!(deadline.state(), State::Alarmed);
    assert_eq!(deadline.next_due_at(), None);
}

#[test]
fn a_promise_that_is_set_shortly_before_has_no_early_reminder() {
    let fired = run(&mut promise(119), 0, 130);
    assert_eq!(fired, [(2, Stage::Notice), (119, Stage::Ask2)]);
}

#[test]
fn a_claim_holds_the_alerts_and_its_lapse_lets_them_go_on() {
    let mut deadline = promise(600);
    run(&mut deadline, 0, 665);
    let Claimed::Acting(mut claimed) = deadline.claim(&phone(0), START.plus(minutes(666))) else {
        panic!("it can be claimed");
    };
    assert!(matches!(
        claimed.claim(&phone(0), START.plus(minutes(667))),
        Claimed::Again
    ));
    assert!(matches!(
        claimed.claim(&phone(5), START.plus(minutes(667))),
        Claimed::NoAlarm
    ));
    let noted = claimed.claim(&phone(1), START.plus(minutes(667)));
    assert!(matches!(noted, Claimed::Noted { by, .. } if by.name == "Mum"));
    let fired = run(&mut claimed, 668, 2_000);
    assert_eq!(
        fired,
        [
            (786, Stage::AskClaimer(1)),
            (846, Stage::Lapse(1)),
            (846, Stage::Alert2),
            (966, Stage::Alert3),
        ]
    );
}

#[test]
fn after_a_gap_only_the_newest_stage_fires_and_the_hiker_is_asked_before_the_contacts() {
    for gap_end in [665, 725, 900] {
        let mut deadline = promise(600);
        run(&mut deadline, 0, 500);
        let fired = run(&mut deadline, gap_end, gap_end + 14);
        assert_eq!(
            fired,
            [(gap_end, Stage::Ask3)],
            "the hiker is asked at once, and has 15 minutes"
        );
        let alert = run(&mut deadline, gap_end + 15, gap_end + 15);
        assert_eq!(alert.len(), 1);
        assert!(alert[0].1.alert().is_some());
        assert_eq!(deadline.state(), State::Alarmed);
    }
    let mut asked = promise(600);
    run(&mut asked, 0, 601);
    assert_eq!(run(&mut asked, 800, 800), [(800, Stage::Alert2)]);
    let skipped = asked.row(Stage::Alert1).unwrap().ending.unwrap();
    assert_eq!((skipped.outcome, skipped.late), (Outcome::Skipped, minutes(140)));
}

#[test]
fn held_alerts_fire_when_the_hold_is_over() {
    let mut deadline = promise(600);
    run(&mut deadline, 0, 650);
    assert_eq!(deadline.step(START.plus(minutes(665)), Hold::ClockInDoubt), None);
    assert_eq!(run(&mut deadline, 666, 666), [(666, Stage::Alert1)]);
}

#[test]
fn while_texts_may_be_missing_the_hiker_is_asked_and_has_15_minutes() {
    let mut deadline = promise(600);
    run(&mut deadline, 0, 500);
    let asked = deadline
        .step(START.plus(minutes(665)), Hold::TextsMissing)
        .unwrap();
    assert_eq!(asked.fired, [Stage::Ask3]);
    deadline = asked.deadline;
    assert_eq!(run(&mut deadline, 666, 679), []);
    assert_eq!(deadline.step(START.plus(minutes(680)), Hold::TextsMissing), None);
    let alert = deadline.step(START.plus(minutes(680)), Hold::TextsLost).unwrap();
    assert_eq!(alert.fired, [Stage::Alert1]);
}

#[test]
fn a_clock_that_is_wrong_moves_no_alert() {
    let mut deadline = promise(600);
    run(&mut deadline, 0, 500);
    let wrong = deadline
        .step(START.plus(minutes(100_000)), Hold::ClockInDoubt)
        .unwrap();
    assert_eq!(wrong.fired, [Stage::Ask3]);
    deadline = wrong.deadline;
    assert_eq!(run(&mut deadline, 501, 659), []);
    assert_eq!(run(&mut deadline, 660, 660), [(660, Stage::Alert1)]);
}

#[test]
fn contacts_hear_nothing_of_a_time_whose_alert_is_due() {
    let mut deadline = promise(600);
    assert_eq!(run(&mut deadline, 665, 665), [(665, Stage::Ask3)]);
    let notice = deadline.row(Stage::Notice).unwrap().ending.unwrap();
    assert_eq!(notice.outcome, Outcome::Skipped);
}

#[test]
fn a_promise_ends_once_and_cannot_be_claimed_then() {
    let mut deadline = promise(600);
    run(&mut deadline, 0, 665);
    let closed = deadline.closed(How::Back, None, START.plus(minutes(666)));
    assert_eq!(closed.claim(&phone(0), START), Claimed::NoAlarm);
    assert_eq!(closed.closed(How::Found, Some(phone(0)), START), closed);
}

#[test]
fn a_hold_keeps_a_claim_that_would_end_and_asks_who_acts() {
    for hold in [Hold::ClockInDoubt, Hold::TextsMissing] {
        let mut deadline = promise(600);
        run(&mut deadline, 0, 665);
        let Claimed::Acting(claimed) = deadline.claim(&phone(0), START.plus(minutes(666))) else {
            panic!("it can be claimed");
        };
        let held = claimed.step(START.plus(minutes(900)), hold).unwrap();
        assert_eq!(held.fired, [Stage::AskClaimer(1)]);
        assert!(held.deadline.alarm.as_ref().unwrap().acting().is_some());
        assert_eq!(held.deadline.step(START.plus(minutes(901)), hold), None);
        let over = held
            .deadline
            .step(START.plus(minutes(902)), Hold::Nothing)
            .unwrap();
        assert_eq!(over.fired, [Stage::Lapse(1)]);
    }
}

/// What a person with a calendar would say has fired: kept by instants and sets, not by rows.
#[derive(Default)]
struct Model {
    fired: BTreeMap<Stage, Timestamp>,
    alerted: BTreeSet<PhoneNumber>,
    is_closed: bool,
    is_claimed: bool,
}

impl Model {
    fn check(&mut self, before: &Deadline, after: &Deadline, fired: &[Stage], now: Timestamp) {
        assert!(!self.is_closed, "nothing fires after the end");
        for stage in fired {
            let before_it = self.fired.insert(*stage, now);
            let can_come_again = *stage == Stage::Joined;
            assert!(before_it.is_none() || can_come_again, "{stage} fires once");
            if stage.alert().is_some() {
                assert!(
                    now >= before.due_at.plus(minutes(60)),
                    "no alert before an hour has passed"
                );
                let is_asked = self.fired.contains_key(&Stage::Ask2) || self.fired.contains_key(&Stage::Ask3);
                assert!(is_asked, "no alert before a question");
                assert!(
                    before.alarm.as_ref().is_none_or(|alarm| alarm.acting.is_none()),
                    "no alert while a contact acts"
                );
            }
            if matches!(stage, Stage::Ask2) {
                assert!(now >= before.due_at);
            }
        }
        let asks = self.fired.keys().filter(|stage| stage.is_ask()).count();
        let questions = self
            .fired
            .keys()
            .filter(|stage| matches!(stage, Stage::AskClaimer(_)))
            .count();
        assert!(asks <= 3 && questions <= 2);
        for row in &after.stages {
            let is_open = row.ending.is_none();
            let is_fired = row.ending.is_some_and(|ending| ending.outcome == Outcome::Fired);
            let has_fired = self.fired.contains_key(&row.stage);
            assert!(is_fired == has_fired || row.stage == Stage::Joined);
            assert!(!(is_open && is_fired));
        }
        let known: BTreeSet<_> = after
            .alarm
            .iter()
            .flat_map(|alarm| alarm.contacts.iter().map(|contact| contact.phone.clone()))
            .collect();
        assert!(known.is_superset(&self.alerted), "who was alerted stays noted");
        self.alerted = known;
    }
}

impl Model {
    /// Until a contact deals with it, the first alert waits for a quarter of an hour at most, as a right clock counts.
    fn check_latest(&self, deadline: &Deadline, now: Timestamp) {
        if self.is_claimed || self.is_closed {
            return;
        }
        let latest = deadline.due_at.plus(minutes(60)).max(now.plus(minutes(15)));
        let open = deadline.row(Stage::Alert1).and_then(StageRow::open_at);
        assert!(open.is_none_or(|at| at <= latest), "the alert is not put off");
    }
}

/// One promise from its setting to its end, with random gaps, holds, claims and endings. Returns the steps taken.
fn history(random: &mut Random) -> u64 {
    let mut deadline = promise(15 + random.below(3_000));
    let mut model = Model::default();
    let mut now = START;
    let mut steps = 0;
    while steps < 60 {
        steps += 1;
        now = now.plus(match random.below(4) {
            0 => Duration::from_secs(random.below(90)),
            1 | 2 => minutes(random.below(90)),
            _ => minutes(random.below(600)),
        });
        match random.below(12) {
            0 => {
                if let Claimed::Acting(next) | Claimed::Noted { deadline: next, .. } =
                    deadline.claim(&phone(random.below(4)), now)
                {
                    assert!(deadline.alarm.is_some() && deadline.is_open());
                    deadline = next;
                    model.is_claimed = true;
                }
            }
            1 if random.below(8) == 0 => {
                deadline = deadline.closed(How::Back, None, now);
                model.is_closed = true;
                assert_eq!(deadline.next_due_at(), None);
            }
            2 => {
                if let Some(next) = deadline.joined_by(&phone(random.below(8)), now) {
                    assert!(deadline.alarm.is_some() && deadline.is_open());
                    deadline = next;
                }
            }
            _ => {
                // A clock that was set forward: alerts are held until it shows the right time again.
                let wrong = (random.below(10) == 0).then(|| now.plus(minutes(random.below(20_000))));
                while let Some(step) = deadline.step(
                    wrong.unwrap_or(now),
                    wrong.map_or(Hold::Nothing, |_| Hold::ClockInDoubt),
                ) {
                    let mut next = step.deadline;
                    if step.fired.iter().any(|stage| stage.alert().is_some()) {
                        next.alert(
                            (0..random.below(4)).map(|number| (phone(number), "Mum".to_owned())),
                            wrong.unwrap_or(now),
                        );
                    }
                    model.check(&deadline, &next, &step.fired, wrong.unwrap_or(now));
                    deadline = next;
                }
                model.check_latest(&deadline, now);
                let unheld = deadline.step(now, Hold::Nothing);
                let is_due = deadline.next_due_at().is_some_and(|next| next <= now);
                assert_eq!(unheld.is_some(), is_due, "what is due is done");
            }
        }
        for row in &deadline.stages {
            assert_eq!(Stage::parse(&row.stage.to_string()), Some(row.stage));
        }
        assert_eq!(deadline.state() == State::Closed, model.is_closed);
    }
    steps
}

#[test]
fn a_million_random_steps_agree_with_the_model() {
    let mut random = Random(0x5eed_1dea_5eed_1dea);
    let mut steps = 0;
    while steps < 1_000_000 {
        steps += history(&mut random);
    }
}
