//! What texts to contacts weigh with the longest names there are: the first one, and those about a call for help.

use thunderbird_domain::{
    deadline::{Deadline, Kind, Reason, Through},
    messages::{alarm, call, claim, contact, deadline},
    route::RouteId,
    user::{MAX_NAME, TrailName, User},
};

use crate::lengths::{at, hiker, number, promise, too_long};

/// The first text to a contact has two segments, whatever the hiker is called.
#[test]
fn the_first_text_to_a_contact_is_not_longer_than_two_segments() {
    let user = User {
        phone: number(7),
        trail_name: TrailName::parse(&"m".repeat(MAX_NAME)).unwrap(),
        route: RouteId::from_stored("overland_track"),
        position: None,
        contacts: Vec::new(),
        account: None,
        started_at: at("2026-11-25T12:40:00Z"),
        shows_number: false,
    };
    assert_eq!(too_long([(2, contact::notice(&user, None))]), [""; 0]);
}

/// A call for help at the longest time there is to write.
fn called() -> Deadline {
    let mut called = Deadline {
        kind: Kind::Call,
        ..promise()
    };
    if let Some(alarm) = &mut called.alarm {
        alarm.asked_at = Some(alarm.opened_at);
    }
    called
}

fn alert(name: &str, promised: bool, words: &str) -> String {
    let called = called();
    alarm::alert(&alarm::AlertFacts {
        hiker: &hiker(name),
        deadline: &called,
        promised: promised.then_some(called.due_at),
        route: "Western Arthurs Full Traverse",
        number: Some(3),
        others: 9,
        emergency: "000",
        call_by: at("2026-11-25T11:30:00Z"),
        late: None,
        words,
    })
}

#[test]
fn a_text_about_a_call_for_help_weighs_what_was_agreed() {
    let (longest, called, end) = ("m".repeat(MAX_NAME), called(), at("2026-11-25T12:40:00Z"));
    let words = "w".repeat(120);
    for (name, [short, long]) in [("Sam", [3, 4]), (longest.as_str(), [4, 4])] {
        let told = (&Reason::CalledOff, Through::Text);
        let rows = [
            (short, alert(name, false, "")),
            (short, alert(name, true, "")),
            (long, alert(name, true, &words)),
            (2, alarm::own_words(name, &words)),
            (
                short - 1,
                claim::acting(&hiker(name), (&called, "Western Arthurs Full Traverse")),
            ),
            (2, alarm::stand_down(name, &called, told, end)),
            (2, alarm::stand_down(name, &promise(), told, end)),
            (1, alarm::closed(name, &promise(), told, end)),
            (2, call::alerted_again(name, 10, (&called, "000"), end)),
            (1, deadline::found(Kind::Call, name)),
        ];
        assert_eq!(too_long(rows), [""; 0]);
    }
}
