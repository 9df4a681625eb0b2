//! What each text weighs: the answers that hold nothing of a user, and those of a promise with the longest names there are.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{
        Alarm, AlarmContact, Deadline, DelayRefusal, DueRefusal, Hiker, Kind, LastCheckIn, Plan, Reason,
        SetBy, Stage, Through, Verdict, Watcher,
    },
    id::UserId,
    messages::{
        alarm, check_in, claim, contact, deadline, for_contacts, help, late, onboarding, operator, phone,
        replies,
    },
    phone_number::{PhoneNumber, PhoneNumberError, Region, TextableRegions},
    random::Tag,
    route::RouteId,
    sms::{body::segments, parts::parts, verb::help_lines},
    time::Timestamp,
    user::{CheckInRefusal, ContactRefusal, MAX_NAME, Prompt, TakeBackRefusal, Unreadable},
};
use thunderbird_testkit::catalogue::MemoryCatalogue;

/// A text and the segments that it may have.
type Row = (u32, String);

/// Says of every text that is too long, or that is cut into several, what it weighs.
pub fn too_long(rows: impl IntoIterator<Item = Row>) -> Vec<String> {
    rows.into_iter()
        .filter_map(|(most, text)| {
            let sent = parts(&text);
            let weighs: u32 = sent.iter().map(|part| segments(part)).sum();
            (sent.len() > 1 || weighs > most).then(|| format!("{weighs} instead of {most}: {text}"))
        })
        .collect()
}

fn region() -> Region {
    Region::parse("AU").unwrap()
}

pub fn at(utc: &str) -> Timestamp {
    let instant: jiff::Timestamp = utc.parse().unwrap();
    Timestamp::from_micros(instant.as_microsecond())
}

/// HELP and the answers to what is no command.
fn of_help() -> Vec<Row> {
    let mut rows = vec![
        (2, help::help("000", &help_lines(true))),
        (1, help::misused_check_in(None)),
        (1, help::to_stop()),
        (1, help::news(None)),
        (1, help::repeated()),
        (1, help::news_or_contact(None, "SAFE <phone> [name]")),
        (1, help::unregistered(true)),
        (1, late::passed()),
        (1, late::overtaken("CHECKIN")),
        (1, for_contacts::GETS_TEXTS.to_owned()),
        (1, for_contacts::RESUMED.to_owned()),
    ];
    for emergency in ["000", "112"] {
        rows.extend([
            (1, help::unknown(emergency)),
            (1, help::unknown_again(emergency)),
            (1, help::distress(emergency, "Nobody has been told.")),
            (1, help::foreign(emergency)),
            (2, help::greeting(emergency, true)),
            (2, help::greeting(emergency, false)),
            (2, help::greeting_untold(emergency)),
        ]);
    }
    rows
}

/// What is said about registration, links and opt-outs.
fn of_a_number() -> Vec<Row> {
    let routes = MemoryCatalogue::tasmania();
    let longest = Duration::from_hours(24);
    let mut rows = vec![
        (1, onboarding::change_still_open()),
        (1, onboarding::not_renamed()),
        (1, onboarding::given_up()),
        (1, onboarding::not_yet(true)),
        (1, onboarding::lapsed()),
        (1, onboarding::welcome("000")),
        (1, phone::code("123456")),
        (1, phone::unlink_asked("mountain")),
        (1, replies::stopped(true, false)),
        (2, replies::stopped(true, true)),
        (1, replies::stopped(false, true)),
        (1, replies::stopped(false, false)),
        (1, replies::resumed()),
        (1, replies::resumed_by_start(true).to_owned()),
        (1, replies::resumed_by_start(false).to_owned()),
        (1, replies::over_limit(longest)),
        (1, replies::no_forecast()),
    ];
    for prompt in [
        Prompt::Change,
        Prompt::Name,
        Prompt::NameAgain,
        Prompt::Route,
        Prompt::RouteAgain,
    ] {
        rows.push((1, onboarding::prompt(&prompt, &routes)));
    }
    for answer in [
        phone::LINK_USAGE,
        phone::WORDS_UNKNOWN,
        phone::CONFIRM_USAGE,
        phone::WORD_WRONG,
        phone::NOTHING_TO_CONFIRM,
        phone::SILENCED,
        phone::NOT_LINKED,
        phone::UNLINKED,
        phone::ACCOUNT_GONE,
    ] {
        rows.push((1, answer.to_owned()));
    }
    rows
}

/// What is said about check-ins and contacts.
fn of_check_ins() -> Vec<Row> {
    let mut rows = vec![
        (1, check_in::unknown_route()),
        (1, check_in::not_done("", &[])),
        (
            1,
            check_in::refused(CheckInRefusal::UnknownCamp, "ABCDEFGHIJKL", &[]),
        ),
        (1, check_in::refused(CheckInRefusal::Peak, "ABCDEFGHIJKL", &[])),
        (1, contact::list(&[])),
        (1, contact::not_found()),
    ];
    for refusal in [
        TakeBackRefusal::NoCheckIn,
        TakeBackRefusal::Already,
        TakeBackRefusal::TooLate,
        TakeBackRefusal::NotLast,
    ] {
        rows.push((1, check_in::not_taken_back(refusal)));
    }
    let retry_after = Duration::from_hours(24);
    for refusal in [
        ContactRefusal::Phone(PhoneNumberError::Malformed),
        ContactRefusal::Phone(PhoneNumberError::Region),
        ContactRefusal::Phone(PhoneNumberError::Ours),
        ContactRefusal::OwnNumber,
        ContactRefusal::TooMany,
        ContactRefusal::TooOften { retry_after },
    ] {
        rows.push((1, contact::refused(refusal, region())));
    }
    // The country's code, which the sender has to know next, does not fit a single text with the line to copy.
    rows.push((
        2,
        contact::refused(ContactRefusal::Phone(PhoneNumberError::NotMobile), region()),
    ));
    rows.push((2, contact::unreadable(Unreadable::NoCountry, region())));
    for why in [Unreadable::NoNumber, Unreadable::TwoNumbers, Unreadable::LongName] {
        rows.push((1, contact::unreadable(why, region())));
    }
    rows
}

/// What is said about promises to their hikers.
fn of_promises() -> Vec<Row> {
    let time = jiff::civil::time(12, 30, 0, 0);
    let date = jiff::civil::date(2026, 9, 30);
    let refusals = [
        DueRefusal::AsksOrQuotes,
        DueRefusal::NoTime,
        DueRefusal::TwoReadings {
            morning: time,
            evening: time,
        },
        DueRefusal::Midnight,
        DueRefusal::TwoTimes,
        DueRefusal::ZoneWord,
        DueRefusal::NextWeek,
        DueRefusal::NoMonth,
        DueRefusal::NoSuchDate,
        DueRefusal::DaysDiffer {
            date,
            weekday: jiff::civil::Weekday::Thursday,
        },
        DueRefusal::NeedsDay,
        DueRefusal::PassedToday { next: date, time },
        DueRefusal::Past,
        DueRefusal::TooSoon,
        DueRefusal::TooFar,
        DueRefusal::SkippedHour { next: time },
        DueRefusal::Leftover,
    ];
    let standing = promise();
    let mut rows = vec![
        (1, deadline::unchanged()),
        (1, deadline::nothing_set(None)),
        (1, claim::no_alert()),
        (1, claim::deal_with_it()),
    ];
    for refusal in &refusals {
        rows.push((1, deadline::refused(refusal, None)));
        rows.push((1, deadline::refused(refusal, Some(&standing))));
    }
    for refusal in [
        DelayRefusal::Missing,
        DelayRefusal::NoUnit,
        DelayRefusal::Fraction,
        DelayRefusal::NotADelay,
        DelayRefusal::TooShort,
        DelayRefusal::TooLong,
    ] {
        rows.push((1, deadline::late_refused(refusal, &standing)));
    }
    rows
}

#[test]
fn an_answer_that_holds_nothing_of_a_user_is_as_short_as_it_is_meant_to_be() {
    let rows = [of_help(), of_a_number(), of_check_ins(), of_promises()].concat();
    assert_eq!(too_long(rows), [""; 0]);
}

/// A promise until the longest time there is to write, with ten contacts and an alarm.
pub fn promise() -> Deadline {
    let opened_at = at("2026-11-25T12:30:00Z");
    Deadline {
        tag: Tag::from_bytes([1; 16]),
        user: UserId::from_stored(1),
        kind: Kind::Out,
        phone: number(0),
        restored_at: None,
        words: None,
        route: RouteId::from_stored("western_arthurs_full"),
        zone: jiff::tz::TimeZoneDatabase::bundled()
            .get("Australia/Hobart")
            .unwrap(),
        due_at: at("2026-11-25T11:30:00Z"),
        set_at: at("2026-11-23T11:30:00Z"),
        set_by: SetBy::Text,
        replaces: None,
        closed: None,
        stages: Vec::new(),
        alarm: Some(Alarm {
            opened_at,
            asked_at: None,
            contacts: (1..=10)
                .map(|nth| AlarmContact {
                    phone: number(nth),
                    name: "m".repeat(MAX_NAME),
                    alerted_at: opened_at,
                    acting_at: None,
                })
                .collect(),
            claims: 0,
            acting: None,
            lapsed: None,
        }),
        plan: Plan::default(),
        informed: std::collections::BTreeMap::new(),
    }
}

pub fn number(nth: usize) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+614915700{nth:02}")).unwrap()
}

pub fn hiker(trail_name: &str) -> Hiker {
    Hiker {
        trail_name: trail_name.to_owned(),
        contacts: Vec::new(),
        last_check_in: Some(LastCheckIn {
            camp: "Waterfall Valley Hut".to_owned(),
            route: RouteId::from_stored("western_arthurs_full"),
            at: at("2026-11-24T11:30:00Z"),
        }),
        last_heard: Some(at("2026-11-25T11:30:00Z")),
        stopped: None,
        has_ended: false,
    }
}

pub fn alert(hiker: &Hiker, route: &str, (number, late): (u8, Option<Duration>)) -> String {
    let due = promise();
    alarm::alert(&alarm::AlertFacts {
        hiker,
        deadline: &due,
        promised: Some(due.due_at),
        route,
        number: Some(number),
        others: 9,
        emergency: "000",
        call_by: at("2026-11-25T11:30:00Z"),
        late,
        words: "",
    })
}

const STAGES: [Stage; 3] = [Stage::Ask1, Stage::Ask2, Stage::Ask3];

/// With the names that the texts were measured with, they weigh what was agreed.
#[test]
fn a_text_about_a_promise_weighs_what_was_agreed() {
    let promise = promise();
    let contacts = ["Mum", "Jo", "Dave"].map(|name| Watcher {
        id: None,
        phone: number(7),
        name: name.to_owned(),
        opted_out: name == "Dave",
        is_ready: name == "Jo",
    });
    let sam = hiker("Sam");
    let end = at("2026-11-25T12:40:00Z");
    let mut rows = vec![
        (
            2,
            deadline::set(&promise, &contacts, &TextableRegions::new(vec![region()]), false),
        ),
        (2, alarm::told("Sam", "Overland Track", &promise, false)),
        (2, alarm::told("Sam", "Overland Track", &promise, true)),
        (3, alert(&sam, "Overland Track", (1, None))),
        (
            1,
            alarm::stand_down("Sam", &promise, (&Reason::Back, Through::Text), end),
        ),
        (1, deadline::alerted("Sam", 3, &promise, ("000", end))),
    ];
    rows.push((1, claim::ask_claimer("Sam", &promise)));
    let later = Reason::Later { due_at: end };
    rows.push((1, alarm::closed("Sam", &promise, (&later, Through::Text), end)));
    rows.extend(STAGES.map(|stage| (1, deadline::ask(stage, "Sam", &promise, (3, end)))));
    assert_eq!(too_long(rows), [""; 0]);
}

/// A question never costs a second segment: a page by satellite costs minutes.
#[test]
fn a_question_is_one_segment_whatever_the_hiker_is_called() {
    let promise = promise();
    let asked_at = at("2026-11-25T12:00:00Z");
    let names = ["m".repeat(MAX_NAME), "Đorđe".to_owned(), "ж".repeat(MAX_NAME)];
    let rows = names.iter().flat_map(|name| {
        STAGES.iter().flat_map(|stage| {
            [0, 1, 10].map(|contacts| (1, deadline::ask(*stage, name, &promise, (contacts, asked_at))))
        })
    });
    assert_eq!(too_long(rows), [""; 0]);
}

/// With the longest names, a text to contacts is still one that is not cut.
#[test]
fn the_longest_names_do_not_cut_a_text_to_contacts() {
    let (promise, longest) = (promise(), "m".repeat(MAX_NAME));
    let route = "Western Arthurs (Full)";
    let sam = hiker(&longest);
    let (name, end) = (longest.as_str(), at("2026-11-25T12:40:00Z"));
    let reasons = [
        Reason::Back,
        Reason::HeardOf,
        Reason::Later { due_at: end },
        Reason::Withdrawn,
        Reason::Found { by: longest.clone() },
        Reason::Ended,
    ];
    let mut rows = vec![
        (2, alarm::told(name, route, &promise, false)),
        (3, alert(&sam, route, (1, None))),
        (3, alert(&sam, route, (3, None))),
        (4, alert(&sam, route, (3, Some(Duration::from_mins(131))))),
        (3, claim::acting(&sam, (&promise, route))),
        (1, claim::another_acts(name, name)),
        (2, claim::ask_claimer(name, &promise)),
        (1, claim::found(name)),
        (1, deadline::found(Kind::Out, name)),
        (1, deadline::alerted(name, 10, &promise, ("000", end))),
    ];
    rows.push((
        2,
        operator::to_hiker(&promise, Verdict::Police, Some(&promise), end),
    ));
    for reason in reasons.iter().chain(&Verdict::ALL.map(Reason::Operator)) {
        for through in [Through::Text, Through::Web] {
            rows.push((2, alarm::stand_down(name, &promise, (reason, through), end)));
            // Only a new time is too long with a name of this length.
            let most = if matches!(reason, Reason::Later { .. }) {
                2
            } else {
                1
            };
            rows.push((most, alarm::closed(name, &promise, (reason, through), end)));
        }
    }
    assert_eq!(too_long(rows), [""; 0]);
}
