//! Edge cases: clocks that change, values that are rare, places that are odd. `docs/edge-cases.md` lists all of them.

use super::*;

/// The front over a question's cells, of which the run began two hours before an instant.
fn fresh_front(asked: &Asked, source: Source, now: Timestamp) -> Vec<Forecast> {
    let mut copies = fronts(asked, source);
    let begins = Timestamp::from_micros(now.as_seconds().div_euclid(3_600) * 3_600_000_000);
    for copy in &mut copies {
        for (hour, after) in hours_of(copy).iter_mut().zip(0_u32..) {
            hour.at = begins.plus(HOUR * after);
        }
        copy.run = begins.minus(HOUR * 2);
        copy.fetched = now;
        copy.checked = now;
    }
    copies
}

/// The labels of the rows of hours.
fn labels(text: &str) -> Vec<String> {
    let is_row = |line: &&str| line.contains('/') && line.starts_with(|letter: char| letter.is_ascii_digit());
    let rows = text.lines().filter(is_row);
    rows.filter_map(|row| Some(row.split_once(' ')?.0.to_owned()))
        .collect()
}

#[test]
fn when_summer_time_ends_rows_are_three_hours_that_pass_and_a_label_is_repeated() {
    // 4 April 2027, 00:30 in Hobart; at 03:00 it is 02:00 again.
    let now = at("2027-04-03T13:30:00Z");
    let asked = asked("CAST PELIO");
    let text = said_at(&asked, &fresh_front(&asked, Source::OpenMeteo, now), now);
    assert_eq!(labels(&text), ["00-02", "02-05", "05-08", "08-11"], "{text}");
    assert!(text.contains("Sun 4 Apr, AEDT."), "{text}");
}

#[test]
fn when_summer_time_begins_a_row_is_three_hours_that_pass() {
    // 4 October 2026, 00:30 in Hobart; 02:00 does not exist.
    let now = at("2026-10-03T14:30:00Z");
    let asked = asked("CAST PELIO");
    let text = said_at(&asked, &fresh_front(&asked, Source::OpenMeteo, now), now);
    assert_eq!(labels(&text), ["00-04", "04-07", "07-10", "10-13"], "{text}");
}

#[test]
fn a_day_of_25_hours_is_a_line_like_the_others() {
    let now = at("2027-04-02T20:30:00Z");
    let asked = asked("CAST7 PELIO");
    let text = said_at(&asked, &fresh_front(&asked, Source::OpenMeteo, now), now);
    for day in ["Sat ", "Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri "] {
        assert!(
            text.lines()
                .any(|line| line.starts_with(day) && line.contains("..")),
            "{day}{text}"
        );
    }
}

#[test]
fn over_midnight_the_first_line_names_the_day_that_the_rows_begin_on() {
    let now = at("2026-11-19T08:30:00Z");
    let asked = asked("CAST PELIO");
    let text = said_at(&asked, &fresh_front(&asked, Source::OpenMeteo, now), now);
    assert_eq!(labels(&text), ["19-22", "22-01", "01-04", "04-07"], "{text}");
    assert!(text.contains("Thu 19 Nov, AEDT."), "{text}");
}

#[test]
fn a_range_below_zero_is_no_subtraction_and_a_little_below_zero_is_zero() {
    let asked = asked("CAST CAMPS");
    let mut copies = fronts(&asked, Source::MetNorway);
    for hour in copies.iter_mut().flat_map(hours_of) {
        hour.air = Some(Celsius::from_tenths(if hour.at.as_seconds() % 7_200 == 0 {
            -84
        } else {
            -22
        }));
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(text.contains("PELIO -7..-1 "), "{text}");
    for hour in copies.iter_mut().flat_map(hours_of) {
        // New Pelion Hut is 1.6 C warmer than the model's ground.
        hour.air = Some(Celsius::from_tenths(-19));
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(text.contains("PELIO 0..0 "), "{text}");
}

#[test]
fn a_zero_level_below_the_sea_is_said_in_words() {
    let asked = asked("CAST PELIO");
    let mut copies = fronts(&asked, Source::OpenMeteo);
    for hour in copies.iter_mut().flat_map(hours_of) {
        hour.zero = Some(Metres::from_whole(-180));
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(text.contains("0C level below 0m"), "{text}");
}

#[test]
fn rain_above_two_degrees_is_never_marked_as_snow() {
    let asked = asked("CAST PELIO");
    let mut copies = fronts(&asked, Source::OpenMeteo);
    for hour in copies.iter_mut().flat_map(hours_of) {
        hour.air = Some(Celsius::from_tenths(25));
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(!text.contains("snow"), "{text}");
}

#[test]
fn a_week_that_ends_early_says_with_which_day() {
    let asked = asked("CAST7 PELIO");
    let mut copies = fronts(&asked, Source::OpenMeteo);
    for copy in &mut copies {
        cut(copy, 144);
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(text.contains("\nEnds Tue\n"), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("Wed ")), "{text}");
}

#[test]
fn a_provider_that_is_named_no_longer_is_shown_no_longer() {
    let asked = asked("CAST PELIO");
    let copies = fronts(&asked, Source::OpenMeteo);
    let others = [Source::MetNorway, Source::Simulated];
    assert!(matches!(look(&asked, &copies, &others, at(NOW)), Look::Nothing));
}

#[test]
fn a_place_whose_position_is_unchecked_says_so() {
    let mut draft = draft();
    for place in &mut draft.waypoints {
        place.verified = false;
    }
    let route = Route::new(draft).unwrap();
    for (typed, said) in [
        ("CAST PELIO", "Position of PELIO unchecked"),
        ("CAST CAMPS", "Positions partly unchecked"),
    ] {
        let asked = asked_on(&route, typed).unwrap();
        let text = said_at(&asked, &fronts(&asked, Source::OpenMeteo), at(NOW));
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn a_name_outside_of_the_alphabet_goes_before_it_makes_the_text_dear() {
    let route = RouteBuilder::new("overland_track", "Overland Track", "Overland")
        .exactly(
            Kind::Camp,
            ("PELIO", "\u{9ad8}\u{5c71}\u{5c0f}\u{5c4b}"),
            ("-41.8293", "146.0463"),
            739,
        )
        .build();
    let asked = asked_on(&route, "CAST PELIO").unwrap();
    let text = said_at(&asked, &fronts(&asked, Source::OpenMeteo), at(NOW));
    assert!(text.starts_with("CAST PELIO 739m\n"), "{text}");
    assert!(measures(&text).2 <= 4, "{text}");
}

#[test]
fn two_places_of_one_square_are_fetched_once_and_told_apart() {
    let route = RouteBuilder::new("overland_track", "Overland Track", "Overland")
        .exactly(
            Kind::Camp,
            ("PELIO", "New Pelion Hut"),
            ("-41.8293", "146.0463"),
            739,
        )
        .exactly(
            Kind::Camp,
            ("OLDPE", "Old Pelion Hut"),
            ("-41.8350", "146.0450"),
            1_139,
        )
        .build();
    let asked = asked_on(&route, "CAST CAMPS").unwrap();
    assert_eq!(asked.cells().len(), 1);
    let text = said_at(&asked, &fronts(&asked, Source::MetNorway), at(NOW));
    assert!(
        text.contains("PELIO 2..8 ") && text.contains("OLDPE -1..5 "),
        "{text}"
    );
}

#[test]
fn swapped_coordinates_are_not_guessed() {
    for typed in ["CAST 146.03 -41.87", "CAST 146.03S 41.87E"] {
        let not_found = asked_on(&route(), typed).unwrap_err();
        assert_eq!(not_found, NotFound::Unclear, "{typed}");
    }
}

#[test]
fn at_the_pole_the_sun_neither_sets_nor_rises() {
    for (typed, said) in [
        ("CAST 89.9N 10E", "Sun does not rise"),
        ("CAST 89.9S 10E", "Sun does not set"),
    ] {
        let asked = asked(typed);
        let text = said_at(&asked, &fronts(&asked, Source::OpenMeteo), at(NOW));
        assert!(text.contains(said), "{text}");
    }
}
