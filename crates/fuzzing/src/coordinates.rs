//! A question about the weather: read without guessing where a place is.

use thunderbird_domain::{
    forecast::question::{Question, Wanted},
    sms::normal::normalize,
};

use crate::input;

/// A text's body.
pub fn check(bytes: &[u8]) {
    let body = input::text(bytes);
    let question = Question::read(&normalize(&body), &body);
    let Wanted::Spot(spot) = question.wanted else {
        return;
    };
    let (north, east) = (spot.latitude.as_microdegrees(), spot.longitude.as_microdegrees());
    assert!(north.abs() <= 90_000_000 && east.abs() <= 180_000_000, "{body:?}");
    if north < 0 {
        let south = body.to_uppercase().contains('S');
        assert!(
            south
                || body
                    .chars()
                    .any(|letter| !letter.is_alphanumeric() && !letter.is_whitespace())
        );
    }
}
