//! Three clocks in random histories, and the cases that have a name.

use super::{super::chance::Random, *};

const NOON: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);
const SECOND: Duration = Duration::from_secs(1);

/// A machine whose clocks the test moves.
struct Machine {
    check: TimeCheck,
    /// The true time, in seconds since noon.
    now: i64,
    /// By how many seconds the machine's clock is ahead.
    ahead: i64,
    passed: Duration,
    /// The newest answer: its date, when it was asked and when it came.
    answer: Option<(Timestamp, Duration, Duration)>,
    /// By how many seconds the dates of the second clock are ahead.
    dates_ahead: i64,
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(NOON.as_micros() + seconds * 1_000_000)
}

impl Machine {
    fn starts() -> Self {
        Self::starts_with(0, true)
    }

    fn starts_with(ahead: i64, has_reference: bool) -> Self {
        Self {
            check: TimeCheck::new(at(ahead), Duration::ZERO, has_reference),
            now: 0,
            ahead,
            passed: Duration::ZERO,
            answer: None,
            dates_ahead: 0,
        }
    }

    fn passes(&mut self, seconds: i64) {
        self.now += seconds;
        self.passed += SECOND * u32::try_from(seconds).unwrap();
    }

    /// The second clock is asked and answers, `seconds` after it was asked.
    fn answers(&mut self, seconds: i64) {
        let date = at(self.now + self.dates_ahead);
        let asked = self.passed + Duration::from_millis(1);
        self.passes(seconds);
        self.answer = Some((date, asked, self.passed));
    }

    fn look(&mut self) -> Judgement {
        self.check.look(Look {
            wall: at(self.now + self.ahead),
            passed: self.passed,
            reference: self.answer.map(|(date, asked, came)| Reference {
                at: date.plus(self.passed.saturating_sub(came)),
                age: self.passed.saturating_sub(asked),
            }),
        })
    }

    /// The same after some seconds, and by which second since noon it judges.
    fn after(&mut self, seconds: i64) -> (Judgement, i64) {
        self.passes(seconds);
        let judgement = self.look();
        let judged = judgement.at.unwrap_or(at(self.now + self.ahead));
        (judgement, (judged.as_micros() - NOON.as_micros()) / 1_000_000)
    }

    /// Started, and the second clock has answered.
    fn confirmed() -> Self {
        let mut machine = Self::starts();
        machine.after(1);
        machine.answers(1);
        let (judgement, _) = machine.after(1);
        assert_eq!((judgement.doubt, judgement.hold), (Doubt::No, Hold::Nothing));
        machine
    }
}

const HOURS_26: i64 = 26 * 3_600;

#[test]
fn a_start_waits_for_the_first_answer_a_minute_at_most_and_holds_alerts_ten() {
    let mut machine = Machine::starts();
    let (judgement, _) = machine.after(1);
    assert!(judgement.waits && judgement.wants_answer);
    let (judgement, _) = machine.after(60);
    assert!(!judgement.waits);
    assert_eq!(judgement.hold, Hold::ClockInDoubt);
    let (judgement, _) = machine.after(538);
    assert_eq!(judgement.hold, Hold::ClockInDoubt);
    let (judgement, _) = machine.after(1);
    assert_eq!((judgement.hold, judgement.wants_answer), (Hold::Nothing, false));
}

#[test]
fn a_step_forward_is_judged_by_the_second_clock_and_without_it_held_for_ten_minutes() {
    let mut machine = Machine::confirmed();
    machine.ahead = HOURS_26;
    let (judgement, _) = machine.after(1);
    assert!(judgement.has_stepped && judgement.waits && judgement.wants_answer);
    machine.answers(2);
    let (judgement, judged) = machine.after(1);
    assert_eq!(
        (judgement.doubt, judgement.hold),
        (Doubt::Contradicted, Hold::Nothing)
    );
    assert!(machine.now - judged <= 2, "{judged}");
    let (judgement, judged) = machine.after(14 * 60);
    assert_eq!((judgement.doubt, machine.now - judged), (Doubt::Contradicted, 2));
    let (judgement, _) = machine.after(5 * 60);
    assert_eq!(
        (judgement.doubt, judgement.hold),
        (Doubt::Unanswered, Hold::ClockInDoubt),
        "what was said a quarter of an hour ago does not count"
    );
    let (judgement, judged) = machine.after(10 * 60);
    assert_eq!((judgement.hold, judged), (Hold::Nothing, machine.now + HOURS_26));
}

#[test]
fn a_step_that_the_second_clock_confirms_holds_nothing() {
    let mut machine = Machine::confirmed();
    machine.now += 3 * 3_600;
    let (judgement, _) = machine.after(1);
    assert!(judgement.has_stepped && judgement.waits, "the machine slept");
    machine.answers(1);
    let (judgement, judged) = machine.after(1);
    assert_eq!((judgement.doubt, judgement.hold), (Doubt::No, Hold::Nothing));
    assert!(machine.now - judged <= 1);
}

#[test]
fn a_step_back_delays_nothing_whether_the_second_clock_answers_or_not() {
    let mut machine = Machine::confirmed();
    machine.ahead = -HOURS_26;
    let (judgement, judged) = machine.after(1);
    assert!(judgement.has_stepped && !judgement.waits);
    assert_eq!(judgement.hold, Hold::Nothing);
    assert!(machine.now - judged <= 1, "{judged}");
    let (_, judged) = machine.after(3_600);
    assert!(machine.now - judged <= 1, "{judged}");
    machine.answers(1);
    let (judgement, judged) = machine.after(1);
    assert_eq!(judgement.doubt, Doubt::Contradicted);
    assert!(machine.now - judged <= 1, "{judged}");
}

#[test]
fn a_clock_that_is_nearly_right_again_does_not_alert_early_by_what_is_left() {
    let mut machine = Machine::confirmed();
    machine.ahead = HOURS_26;
    machine.after(1);
    machine.answers(1);
    assert_eq!(machine.after(1).0.doubt, Doubt::Contradicted);
    machine.ahead = 100;
    let (judgement, judged) = machine.after(1);
    assert!(judgement.has_stepped && judgement.hold == Hold::Nothing);
    assert!((machine.now - 1..=machine.now).contains(&judged), "{judged}");
}

#[test]
fn no_sequence_of_steps_holds_alerts_for_longer_than_ten_minutes() {
    let mut machine = Machine::confirmed();
    let mut held = 0;
    for _ in 0..200 {
        machine.ahead += 150;
        let (judgement, _) = machine.after(30);
        held = if judgement.hold == Hold::Nothing {
            0
        } else {
            held + 30
        };
        assert!(held <= 600);
    }
}

#[test]
fn small_steps_add_up() {
    let mut machine = Machine::starts_with(0, false);
    let mut has_stepped = false;
    for _ in 0..3 {
        machine.ahead += 60;
        has_stepped |= machine.after(1).0.has_stepped;
    }
    assert!(has_stepped);
}

#[test]
fn a_second_clock_that_goes_back_by_itself_is_wrong_and_delays_nothing() {
    let mut machine = Machine::confirmed();
    machine.dates_ahead = -3_600;
    machine.answers(1);
    let (judgement, judged) = machine.after(1);
    assert_eq!(
        (judgement.doubt, judgement.hold),
        (Doubt::ReferenceWrong, Hold::Nothing)
    );
    assert_eq!(judged, machine.now);
}

#[test]
fn a_second_clock_that_was_never_right_delays_nothing_for_longer_than_26_hours() {
    let mut machine = Machine::starts();
    machine.dates_ahead = -365 * 24 * 3_600;
    let mut last_late = 0;
    for _ in 0..30 * 6 {
        machine.answers(1);
        let (judgement, judged) = machine.after(599);
        assert_eq!(judgement.doubt, Doubt::Contradicted);
        if judged < machine.now {
            last_late = machine.now;
        }
    }
    assert!(
        (HOURS_26 - 1_200..=HOURS_26 + 1_200).contains(&last_late),
        "{last_late}"
    );
}

#[test]
fn a_second_clock_that_was_wrong_once_is_not_wrong_for_ever() {
    let mut machine = Machine::starts_with(HOURS_26, true);
    machine.dates_ahead = HOURS_26;
    machine.answers(1);
    assert_eq!(machine.after(1).0.doubt, Doubt::No, "two wrong clocks agree");
    (machine.ahead, machine.dates_ahead) = (0, 0);
    machine.after(1);
    machine.answers(1);
    let (judgement, judged) = machine.after(1);
    assert_eq!(judgement.doubt, Doubt::No);
    assert!(machine.now - judged <= 1);
}

#[test]
fn without_a_second_clock_a_step_forward_holds_alerts_and_a_step_back_does_not() {
    let mut machine = Machine::starts_with(0, false);
    assert_eq!(machine.after(1).0.hold, Hold::Nothing);
    machine.ahead = HOURS_26;
    let (judgement, _) = machine.after(1);
    assert_eq!((judgement.hold, judgement.waits), (Hold::ClockInDoubt, false));
    assert_eq!(machine.after(599).0.hold, Hold::ClockInDoubt);
    assert_eq!(machine.after(1).0.hold, Hold::Nothing);
    machine.after(3_600);
    machine.ahead = 0;
    assert_eq!(machine.after(1).0.hold, Hold::Nothing);
    let (judgement, judged) = machine.after(3_600);
    assert_eq!(
        (judgement.doubt, judged),
        (Doubt::No, machine.now),
        "a slow round is no step"
    );
}

/// One random history: an alert is due at a true time, and the clocks do what they like.
struct History {
    machine: Machine,
    random: Random,
    due: i64,
    is_answering: bool,
    has_answered: bool,
    has_slept: bool,
    asked_at: i64,
    overdue: i64,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let due = random.between(600, 40 * 3_600);
        Self {
            machine: Machine::starts_with(0, true),
            random,
            due,
            is_answering: true,
            has_answered: false,
            has_slept: false,
            asked_at: -600,
            overdue: 0,
        }
    }

    /// What happens to the clocks between two looks, if anything does.
    fn happens(&mut self) {
        match self.random.below(2_400) {
            0..6 => self.machine.ahead += self.random.between(-HOURS_26, HOURS_26),
            6..12 => self.machine.ahead += self.random.between(-240, 240),
            12..16 => self.machine.ahead = 0,
            16..18 if self.has_answered => {
                self.machine.now += self.random.between(180, 8 * 3_600);
                self.has_slept = true;
            }
            18..20 if self.has_answered => {
                self.is_answering = !self.is_answering;
                self.has_answered = false;
            }
            _ => {}
        }
    }

    /// Looks once, and returns whether the alert was sent.
    fn goes_on(&mut self) -> bool {
        let before = self.machine.now;
        self.happens();
        let seconds = self.random.between(1, 30);
        let (judgement, judged) = self.machine.after(seconds);
        let is_alone = !(self.is_answering && self.has_answered);
        if judgement.doubt == Doubt::No && !is_alone {
            self.has_slept = false;
        }
        let is_sent = !judgement.waits && judgement.hold == Hold::Nothing && judged >= self.due;
        if is_sent {
            assert!(is_alone || self.machine.now >= self.due, "an alert came early");
            return true;
        }
        if before >= self.due {
            self.overdue += seconds;
        }
        let most = if is_alone { 15 * 60 } else { 200 };
        let is_bound = !is_alone || !self.has_slept;
        assert!(!is_bound || self.overdue <= most, "an alert did not come");
        let age = self.machine.now - self.asked_at;
        let asks = (judgement.wants_answer && age >= 5) || age >= 600 || (is_alone && age >= 60);
        if asks {
            self.asked_at = self.machine.now;
            if self.is_answering {
                let seconds = self.random.between(1, 10);
                self.machine.answers(seconds);
                self.has_answered = true;
            }
        }
        false
    }
}

#[test]
fn in_random_histories_no_alert_comes_early_while_the_second_clock_answers_and_each_one_comes() {
    let mut looks = 0_u64;
    let mut contradicted = 0_u64;
    for seed in 1..=1_500 {
        let mut history = History::new(seed);
        while !history.goes_on() {
            looks += 1;
            contradicted += u64::from(history.machine.check.contradicted.is_some());
        }
    }
    assert!(looks > 1_000_000, "{looks}");
    assert!(contradicted > 100_000, "{contradicted}");
}
