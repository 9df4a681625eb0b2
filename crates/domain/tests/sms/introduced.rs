//! The first text to a contact.

use thunderbird_domain::{
    messages::contact,
    route::RouteId,
    sms::body::segments,
    user::{MAX_NAME, TrailName, User},
};
use thunderbird_testkit::clock::StoppedClock;

use crate::number;

/// The first text to a contact has two segments, whatever the hiker is called.
#[test]
fn the_first_text_to_a_contact_is_not_longer_than_two_segments() {
    let user = User {
        phone: number(crate::SAM),
        trail_name: TrailName::parse(&"m".repeat(MAX_NAME)).unwrap(),
        route: RouteId::from_stored("overland_track"),
        position: None,
        contacts: Vec::new(),
        shows_number: false,
        account: None,
        started_at: thunderbird_domain::time::Clock::now(&StoppedClock::default()),
    };
    for page in [None, Some("https://a-rather-long-name.example.org/contacts")] {
        let notice = contact::notice(&user, page);
        assert!(segments(&notice) <= 2, "{notice}");
    }
    let short = User {
        trail_name: TrailName::parse("Sam").unwrap(),
        ..user
    };
    let page = "https://sms.example.org/contacts";
    let notice = contact::notice(&short, Some(page));
    assert!(
        notice.ends_with("reply STOP. sms.example.org/contacts"),
        "{notice}"
    );
    assert_eq!(segments(&notice), 2);
}
