//! What holds for every answer, whatever the weather.

use proptest::prelude::*;
use thunderbird_domain::sms::body::Encoding;
use thunderbird_testkit::forecast_oracle::invented;

use super::*;

const TYPED: [&str; 9] = [
    "CAST PELIO",
    "CAST24 OSSA",
    "CAST7 PELIO",
    "CAST7 OSSA",
    "CAST7 PEAKS",
    "CAST CAMPS",
    "CAST24 PEAKS",
    "CAST 41.87S 146.03E 1600",
    "CAST7 41.87S 146.03E",
];

fn value<T: Clone + std::fmt::Debug>(values: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop_oneof![9 => values.prop_map(Some), 1 => Just(None)]
}

/// An hour of any weather, with any of its values missing.
fn any_hour() -> impl Strategy<Value = Hour> {
    let ground = (
        value(-250..=400_i16),
        value(0..=120_u16),
        value(0..=360_u16),
        value(0..=180_u16),
    );
    let sky = (
        value(0..=60_u16),
        value(0..=100_u8),
        value(0..=100_u8),
        value(-500..=7_000_i16),
    );
    let free = prop::collection::vec((-250..=400_i16, 0..=120_u16), 0..=4);
    (ground, sky, free).prop_map(
        |((air, wind, from, gust), (water, chance, cloud, zero), free)| Hour {
            air: air.map(Celsius::from_tenths),
            wind: wind.map(Kmh::from_whole),
            from: from.map(Degrees::from_whole),
            gust: gust.map(Kmh::from_whole),
            water: water.map(TenthMm::from_tenths),
            chance: chance.map(Percent::from_whole),
            low_cloud: cloud.map(Percent::from_whole),
            zero: zero.map(Metres::from_whole),
            profile: free
                .into_iter()
                .enumerate()
                .map(|(place, (air, wind))| Level {
                    height: Metres::from_whole(500 * i16::try_from(place).unwrap() + 400),
                    air: Celsius::from_tenths(air),
                    wind: Kmh::from_whole(wind),
                    from: Degrees::from_whole(10),
                })
                .collect(),
            ..Hour::empty(Timestamp::EPOCH, 1)
        },
    )
}

/// Forecasts of any weather for the cells of a question.
fn any_forecasts() -> impl Strategy<Value = (usize, Vec<Forecast>, u64)> {
    let hours = prop::collection::vec(any_hour(), 30..=200);
    let more = (
        0..TYPED.len(),
        prop::option::of(-100..=6_000_i16),
        0..=23_u64,
        0..=2_usize,
    );
    (hours, more).prop_map(|(hours, (typed, ground, age, source))| {
        let source = Source::ALL.get(source).copied().unwrap();
        let begins = at("2026-11-18T20:00:00Z");
        let mut hours = hours;
        for (hour, after) in hours.iter_mut().zip(0_u32..) {
            hour.at = begins.plus(HOUR * after);
        }
        let forecast = |cell| Forecast {
            run: at(NOW).minus(HOUR * u32::try_from(age + 5).unwrap()),
            checked: at(NOW).minus(HOUR * u32::try_from(age).unwrap()),
            // MET Norway always says which height its values are for.
            ground: ground
                .or((source == Source::MetNorway).then_some(980))
                .map(Metres::from_whole),
            hours: hours.clone().into(),
            ..front(cell, source)
        };
        let asked = asked(TYPED.get(typed).copied().unwrap());
        (typed, asked.cells().into_iter().map(forecast).collect(), age)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_the_weather_a_text_is_narrow_short_plain_and_says_whose_it_is((typed, copies, age) in any_forecasts()) {
        let typed = TYPED.get(typed).copied().unwrap();
        let text = said_at(&asked(typed), &copies, at(NOW));
        let (longest, septets, segments) = measures(&text);
        prop_assert!(longest <= 42, "{longest}\n{text}");
        prop_assert!(segments <= 4, "{septets} septets\n{text}");
        prop_assert_eq!(size(&text).encoding, Encoding::Gsm7, "{}", text);
        for word in text.split_whitespace() {
            prop_assert!(word != "-0" && !word.starts_with("-0/") && !word.ends_with("/-0"), "{text}");
            prop_assert!(!word.contains("-0..") && !word.ends_with("..-0"), "{text}");
        }
        prop_assert!(text.contains("No warnings in this: bom.gov.au"), "{text}");
        prop_assert!(text.contains(", got "), "{text}");
        prop_assert_eq!(text.contains("OLD: "), age > 2, "{}", text);
        let source = copies.first().unwrap().source;
        prop_assert_eq!(text.starts_with("SIMULATED - NOT WEATHER"), source == Source::Simulated);
        prop_assert_eq!(text.contains("Open-Meteo.com"), source == Source::OpenMeteo);
        prop_assert_eq!(text.contains("MET Norway"), source == Source::MetNorway);
        let asked = asked(typed);
        if let ([place], [copy]) = (asked.places.as_slice(), copies.as_slice()) {
            prop_assert_eq!(invented(&text, place, copy, at(NOW)), None, "{}", text);
        }
    }
}

#[test]
fn a_page_of_twelve_places_with_the_longest_of_everything_is_one_text() {
    let route = (0..25)
        .fold(
            RouteBuilder::new("overland_track", "Overland Track", "Overland"),
            |route, place| {
                let code = format!(
                    "WATE{}{}",
                    char::from(b'A' + place / 5),
                    char::from(b'A' + place % 5)
                );
                let kind = if place == 0 { Kind::Camp } else { Kind::Peak };
                let name = "A peak with a name of a usual size";
                route.exactly(kind, (&code, name), ("-41.83", "146.04"), 1_617)
            },
        )
        .build();
    for typed in [
        "CAST PEAKS",
        "CAST7 PEAKS",
        "CAST24 PEAKS 2",
        "CAST7 PEAKS 2",
        "CAST24 WATEAB",
        "CAST7 WATEAB",
        "CAST WATEAB",
    ] {
        let asked = asked_on(&route, typed).unwrap();
        let mut copies = fronts(&asked, Source::OpenMeteo);
        for copy in &mut copies {
            copy.checked = at(NOW).minus(HOUR * 23);
            copy.run = at(NOW).minus(HOUR * 30);
            for hour in hours_of(copy) {
                hour.air = Some(Celsius::from_tenths(-144));
                hour.wind = Some(Kmh::from_whole(110));
                hour.gust = Some(Kmh::from_whole(145));
                hour.from = Some(Degrees::from_whole(315));
                hour.water = Some(TenthMm::from_tenths(99));
                hour.chance = Some(Percent::from_whole(100));
            }
        }
        let text = said_at(&asked, &copies, at(NOW));
        let (longest, septets, segments) = measures(&text);
        assert!(
            longest <= 42 && segments <= 4,
            "{typed}: {longest} {septets}\n{text}"
        );
        assert!(text.starts_with("OLD: could not be renewed for 23h"), "{text}");
        assert!(
            text.contains("No warnings in this") && text.contains("Open-Meteo.com"),
            "{text}"
        );
    }
}

#[test]
fn a_line_of_the_list_has_the_extremes_of_the_place_s_own_answer() {
    let one = said("CAST PELIO", Source::OpenMeteo);
    let list = said("CAST CAMPS", Source::OpenMeteo);
    let line = list.lines().find(|line| line.starts_with("PELIO ")).unwrap();
    let rows: Vec<&str> = one
        .lines()
        .filter(|line| line.contains('%') && line.contains('/'))
        .collect();
    let low = rows
        .iter()
        .map(|row| row.split([' ', '/']).nth(1).unwrap().parse::<i32>().unwrap())
        .min()
        .unwrap();
    assert!(line.starts_with(&format!("PELIO {low}..")), "{line}\n{one}");
    let gust = rows.iter().map(|row| {
        row.split(' ')
            .nth(2)
            .unwrap()
            .rsplit('-')
            .next()
            .unwrap()
            .parse::<u32>()
            .unwrap()
    });
    let gust = gust.max().unwrap();
    assert!(line.contains(&format!("W{gust} ")), "{line}\n{one}");
    let high = one.split("High ").nth(1).unwrap().split('C').next().unwrap();
    assert!(line.contains(&format!("..{high} ")), "{line}\n{one}");
}

#[test]
fn numbers_of_two_providers_are_never_mixed_and_the_fresh_one_is_told() {
    let asked = asked("CAST CAMPS");
    let cells = asked.cells();
    let mut copies = fronts(&asked, Source::OpenMeteo);
    assert!(cells.len() > 1);
    copies.truncate(1);
    copies.extend(fronts(&asked, Source::MetNorway));
    let text = said_at(&asked, &copies, at(NOW));
    assert!(
        text.contains("MET Norway") && !text.contains("Open-Meteo"),
        "{text}"
    );
    assert!(!text.contains(" -\n"), "{text}");
    copies.retain(|copy| copy.source == Source::OpenMeteo);
    let text = said_at(&asked, &copies, at(NOW));
    assert!(
        text.contains(" -\n"),
        "a place without a forecast has no number\n{text}"
    );
}

#[test]
fn age_is_told_first_and_what_is_too_old_has_no_number() {
    let asked = asked("CAST OSSA");
    let mut copies = fronts(&asked, Source::OpenMeteo);
    let text = said_at(&asked, &copies, at("2026-11-19T02:30:00Z"));
    assert!(
        text.starts_with("OLD: could not be renewed for 7h\nCAST OSSA"),
        "{text}"
    );
    for copy in &mut copies {
        copy.run = at(NOW).minus(HOUR * 37);
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert_eq!(
        text,
        "No forecast for OSSA: the newest is 37h old, too old to rely on. The weather services do not answer. Ask again later."
    );
    assert_eq!(measures(&text).2, 1);
}

#[test]
fn a_forecast_that_ends_says_where() {
    let asked = asked("CAST24 PELIO");
    let mut copies = fronts(&asked, Source::OpenMeteo);
    for copy in &mut copies {
        cut(copy, 10);
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(text.contains("\nEnds Thu 16:00\n"), "{text}");
    assert!(!text.contains("16-19"), "{text}");
    for copy in &mut copies {
        cut(copy, 1);
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(text.starts_with("No forecast for PELIO"), "{text}");
}

#[test]
fn where_a_column_is_missing_its_legend_goes_and_a_hole_is_marked() {
    let asked = asked("CAST PELIO");
    let mut copies = fronts(&asked, Source::OpenMeteo);
    for hour in copies.iter_mut().flat_map(hours_of) {
        hour.water = None;
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(
        text.contains("low C/feels, wind-gust km/h\n") && !text.contains("rain"),
        "{text}"
    );
    let mut copies = fronts(&asked, Source::OpenMeteo);
    for hour in copies.iter_mut().filter_map(|copy| hours_of(copy).get_mut(2)) {
        hour.gust = None;
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(
        text.contains("% ?\n") && text.contains("?: not all of it is known"),
        "{text}"
    );
}

#[test]
fn without_the_model_s_height_nothing_is_moved_and_a_sea_square_is_named() {
    let asked = asked("CAST OSSA");
    let mut copies = fronts(&asked, Source::OpenMeteo);
    for copy in &mut copies {
        copy.ground = None;
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(
        text.contains("Height of the model unknown, C not moved"),
        "{text}"
    );
    assert!(text.contains("High 6C"), "{text}");
    for copy in &mut copies {
        copy.ground = Some(Metres::from_whole(0));
    }
    let text = said_at(&asked, &copies, at(NOW));
    assert!(text.contains("Sea square 0m, C moved to 1617m"), "{text}");
}

#[test]
fn what_is_no_place_of_the_route_is_never_guessed() {
    let route = route();
    let told = |typed: &str| match asked_on(&route, typed) {
        Ok(asked) => format!("{asked:?}"),
        Err(not_found) => {
            let question = Question::read(&normalize(typed), typed);
            messages::not_found(&not_found, question.span, &route)
        }
    };
    assert_eq!(
        told("CAST24 PELI"),
        "CAST was not done: that is no code. Did you mean\nCAST24 PELIO\nCAST24 PELIOW"
    );
    assert!(told("CAST XYZXYZ").contains("Text ROUTE for the codes."));
    assert_eq!(
        told("CAST24 CAMPS 2"),
        "Overland has no such page. The first one:\nCAST24 CAMPS"
    );
    assert!(told("CAST PEAKS 9").ends_with("\nCAST PEAKS"));
    let unclear = told("CAST 41.87 146.03");
    assert!(
        unclear.starts_with("CAST was not done: north or south, east or west?"),
        "{unclear}"
    );
    assert_eq!(measures(&unclear).2, 1);
}
