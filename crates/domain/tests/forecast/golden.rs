//! The answers, word for word, with the longest line, the septets and the segments of each.

use super::*;

/// What is texted, who the provider is, how wide, how long and how many segments the answer is, and the answer.
type Answer = (&'static str, Source, (usize, usize, u32), &'static str);

const ANSWERS: [Answer; 10] = [
    (
        "CAST PELIO",
        Source::OpenMeteo,
        (39, 449, 3),
        "CAST PELIO New Pelion Hut 739m\n\
         Thu 19 Nov, AEDT. Worst of each 3h:\n\
         low C/feels, wind-gust km/h, rain mm\n\
         07-10 4/-1 W30-65 1.1 40%\n\
         10-13 5/0 W30-65 1.9 40%\n\
         13-16 3/-3 W35-75 2.0 40%\n\
         16-19 2/-5 W40-80 2.4s 40%\n\
         s: 2C or less, can be snow\n\
         High 8C. 0C level 1250-1300m\n\
         Cloud below 3000m: 60%\n\
         Sunrise 05:43, set 20:20\n\
         Model ground 980m, C moved to 739m\n\
         ECMWF+ICON run Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Weather data by Open-Meteo.com",
    ),
    (
        "CAST24 OSSA",
        Source::OpenMeteo,
        (39, 553, 4),
        "CAST24 OSSA Mt Ossa 1617m\n\
         Thu 19 Nov, AEDT. Worst of each 3h:\n\
         low C/feels, wind-gust km/h, rain mm\n\
         07-10 -2/-11 W60-65 1.1s\n\
         10-13 -1/-10 W60-65 1.9s\n\
         13-16 -3/-13 W65-75 2.0s\n\
         16-19 -4/-15 W70-80 2.4s\n\
         19-22 -5/-16 W70-80 0.9s\n\
         22-01 -5/-16 W65-65 0.2s\n\
         01-04 -5/-16 W60-60 0.0\n\
         04-07 -5/-16 W55-55 0.2s\n\
         s: 2C or less, can be snow\n\
         High 2C. 0C level 1250-1300m\n\
         Sunrise 05:43, set 20:20\n\
         Model ground 980m, C moved to 1617m\n\
         Wind: 10m or free air, the stronger\n\
         ECMWF+ICON run Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Weather data by Open-Meteo.com",
    ),
    (
        "CAST7 PELIO",
        Source::OpenMeteo,
        (39, 489, 4),
        "CAST7 PELIO New Pelion Hut 739m\n\
         Thu 19 Nov 07:00 to Wed 25, AEDT\n\
         C low..high, gust km/h, rain mm\n\
         Thu 1..8 W80 8.5s 40%\n\
         Fri 0..8 W80 8.7s 40%\n\
         Sat 0..8 W80 8.7s 40%\n\
         Sun 0..8 W80 8.7s 40%\n\
         Mon 0..8 W80 8.7s 40%\n\
         Tue 0..8 W80 8.7s 40%\n\
         Wed 0..8 W80 8.7s 40%\n\
         s: 2C or less, can be snow\n\
         Mon to Wed: little more than a guess\n\
         Sunrise 05:43-05:39, set 20:20-20:27\n\
         Model ground 980m, C moved to 739m\n\
         ECMWF+ICON run Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Weather data by Open-Meteo.com",
    ),
    (
        "CAST7 PEAKS",
        Source::OpenMeteo,
        (39, 586, 4),
        "CAST7 PEAKS Overland, 2 peaks\n\
         Thu 19 Nov 07:00 to Wed 25, AEDT\n\
         Lowest..highest C of all, worst gust\n\
         km/h and where, most rain mm and where\n\
         Thu -5..2 80 OSSA 8.5s OSSA\n\
         Fri -5..2 80 OSSA 8.7s OSSA\n\
         Sat -5..2 80 OSSA 8.7s OSSA\n\
         Sun -5..2 80 OSSA 8.7s OSSA\n\
         Mon -5..2 80 OSSA 8.7s OSSA\n\
         Tue -5..2 80 OSSA 8.7s OSSA\n\
         Wed -5..2 80 OSSA 8.7s OSSA\n\
         s: 2C or less, can be snow\n\
         Mon to Wed: little more than a guess\n\
         C moved to each height\n\
         Wind: 10m or free air, the stronger\n\
         One of them: CAST7 PELIOW\n\
         ECMWF+ICON run Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Weather data by Open-Meteo.com",
    ),
    (
        "CAST 41.87S 146.03E 1600",
        Source::OpenMeteo,
        (41, 546, 4),
        "CAST 41.87S 146.03E at 1600m (yours)\n\
         Thu 19 Nov, AEDT. Worst of each 3h:\n\
         low C/feels, wind-gust km/h, rain mm\n\
         07-10 -2/-11 W60-65 1.1s 40%\n\
         10-13 -1/-10 W60-65 1.9s 40%\n\
         13-16 -3/-13 W65-75 2.0s 40%\n\
         16-19 -4/-15 W70-80 2.4s 40%\n\
         s: 2C or less, can be snow\n\
         High 2C. 0C level 1250-1300m\n\
         Cloud below 3000m: 60%\n\
         Sunrise 05:43, set 20:20\n\
         For a square of 5km around 41.85S 146.05E\n\
         Model ground 980m, C moved to 1600m\n\
         Wind: 10m or free air, the stronger\n\
         ECMWF+ICON run Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Weather data by Open-Meteo.com",
    ),
    (
        "CAST 41.87S 146.03E",
        Source::OpenMeteo,
        (41, 498, 4),
        "CAST 41.87S 146.03E, no height given\n\
         Thu 19 Nov, AEDT. Worst of each 3h:\n\
         low C/feels, wind-gust km/h, rain mm\n\
         07-10 2/-3 W30-65 1.1 40%\n\
         10-13 3/-2 W30-65 1.9 40%\n\
         13-16 1/-5 W35-75 2.0s 40%\n\
         16-19 0/-7 W40-80 2.4s 40%\n\
         s: 2C or less, can be snow\n\
         High 6C. 0C level 1250-1300m\n\
         Cloud below 3000m: 60%\n\
         Sunrise 05:43, set 20:20\n\
         For a square of 5km around 41.85S 146.05E\n\
         Model ground 980m: C is for there\n\
         ECMWF+ICON run Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Weather data by Open-Meteo.com",
    ),
    (
        "CAST CAMPS",
        Source::MetNorway,
        (39, 283, 2),
        "CAST CAMPS Overland, 2 camps\n\
         Thu 19 Nov 07-19 AEDT. C low..high,\n\
         wind km/h (no gusts known), rain mm\n\
         PELIO 2..8 W40 7.4s\n\
         KIAOR 1..7 W40 7.4s\n\
         s: 2C or less, can be snow\n\
         C moved to each height\n\
         ECMWF, updated Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Data from MET Norway",
    ),
    (
        "CAST24 OSSA",
        Source::MetNorway,
        (39, 507, 4),
        "CAST24 OSSA Mt Ossa 1617m\n\
         Thu 19 Nov, AEDT. Worst of each 3h:\n\
         low C/feels, wind km/h, rain mm\n\
         No gusts known\n\
         07-10 -2/-8 W30 1.1s\n\
         10-13 -1/-7 W30 1.9s\n\
         13-16 -3/-11 W35 2.0s\n\
         16-19 -4/-12 W40 2.4s\n\
         19-22 -5/-13 W40 0.9s\n\
         22-01 -5/-13 W35 0.2s\n\
         01-04 -5/-13 W30 0.0\n\
         04-07 -5/-12 W25 0.2s\n\
         s: 2C or less, can be snow\n\
         High 2C.\n\
         Sunrise 05:43, set 20:20\n\
         Source height 980m, C moved to 1617m\n\
         10m wind at 980m: ridges have more\n\
         ECMWF, updated Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Data from MET Norway",
    ),
    (
        "CAST7 CAMPS",
        Source::MetNorway,
        (39, 547, 4),
        "CAST7 CAMPS Overland, 2 camps\n\
         Thu 19 Nov 07:00 to Wed 25, AEDT\n\
         Lowest..highest C of all, worst wind\n\
         km/h (no gusts known), most rain, where\n\
         Thu 0..8 40 PELIO 8.5s PELIO\n\
         Fri 0..8 40 PELIO 8.7s PELIO\n\
         Sat 0..8 40 PELIO 8.7s PELIO\n\
         Sun 0..8 40 PELIO 8.7s PELIO\n\
         Mon 0..8 40 PELIO 8.7s PELIO\n\
         Tue 0..8 40 PELIO 8.7s PELIO\n\
         Wed 0..8 40 PELIO 8.7s PELIO\n\
         s: 2C or less, can be snow\n\
         Mon to Wed: little more than a guess\n\
         C moved to each height\n\
         One of them: CAST7 KIAOR\n\
         ECMWF, updated Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Data from MET Norway",
    ),
    (
        "CAST PELIO",
        Source::Simulated,
        (38, 441, 3),
        "SIMULATED - NOT WEATHER\n\
         CAST PELIO New Pelion Hut 739m\n\
         Thu 19 Nov, AEDT. Worst of each 3h:\n\
         low C/feels, wind-gust km/h, rain mm\n\
         07-10 4/-1 W30-65 1.1 40%\n\
         10-13 5/0 W30-65 1.9 40%\n\
         13-16 3/-3 W35-75 2.0 40%\n\
         16-19 2/-5 W40-80 2.4s 40%\n\
         s: 2C or less, can be snow\n\
         High 8C. 0C level 1250-1300m\n\
         Cloud below 3000m: 60%\n\
         Sunrise 05:43, set 20:20\n\
         Model ground 980m, C moved to 739m\n\
         Simulated run Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au",
    ),
];

#[test]
fn each_answer_is_word_for_word_what_it_should_be() {
    for (typed, source, measured, expected) in ANSWERS {
        let text = said(typed, source);
        assert_eq!(text, expected, "{typed}");
        assert_eq!(measures(&text), measured, "{typed}");
    }
}

#[test]
fn an_old_copy_for_coordinates_is_word_for_word_what_it_should_be() {
    let asked = asked("CAST 41.87S 146.03E 1600");
    let now = at("2026-11-19T02:15:00Z");
    let text = said_at(&asked, &fronts(&asked, Source::OpenMeteo), now);
    assert_eq!(
        text,
        "OLD: could not be renewed for 7h\n\
         CAST 41.87S 146.03E at 1600m (yours)\n\
         Thu 19 Nov, AEDT. Worst of each 3h:\n\
         low C/feels, wind-gust km/h, rain mm\n\
         13-16 -3/-13 W65-75 2.0s 40%\n\
         16-19 -4/-15 W70-80 2.4s 40%\n\
         19-22 -5/-15 W70-80 0.9s 40%\n\
         22-01 -5/-16 W65-65 0.2s 40%\n\
         s: 2C or less, can be snow\n\
         High 2C. 0C level 1250-1300m\n\
         Cloud below 3000m: 60%\n\
         Sunrise 05:43, set 20:20\n\
         For a square of 5km around 41.85S 146.05E\n\
         Model ground 980m, C moved to 1600m\n\
         Wind: 10m or free air, the stronger\n\
         ECMWF+ICON run Wed 23:00, got Thu 06:12\n\
         No warnings in this: bom.gov.au\n\
         Weather data by Open-Meteo.com"
    );
    let (longest, septets, segments) = measures(&text);
    assert!(longest <= 42 && segments <= 4, "{longest} {septets}");
}

/// The other answers: getting it, no service answers, unclear, too old, too many; and the day's calls are used up.
#[test]
fn each_answer_without_numbers_is_word_for_word_what_it_should_be_and_one_segment() {
    let (pelio, ossa, now) = (asked("CAST PELIO"), asked("CAST OSSA"), at(NOW));
    let silence = |until: &str| Obstacle {
        until: at(until),
        cause: Cause::Silence,
    };
    let used_up = Obstacle {
        until: at("2026-11-19T19:10:00Z"),
        cause: Cause::UsedUp,
    };
    let too_old = Look::TooOld(HOUR * 31);
    let unclear = messages::not_found(&NotFound::Unclear, Span::Half, &route());
    for (text, expected) in [
        (
            messages::later(&pelio, at("2026-11-18T20:22:00Z")),
            "Getting the forecast for PELIO. It comes in a text of its own, by 07:22. If none comes, ask again.",
        ),
        (
            messages::failure(&pelio, &Look::Nothing, silence("2026-11-18T21:00:00Z"), now),
            "No forecast for PELIO: no weather service answered. That says nothing about the weather. Ask again from \
             08:00.",
        ),
        (
            unclear,
            "CAST was not done: north or south, east or west? Write for example\nCAST 41.87S 146.03E 1600\n(the last \
             number: your height in metres)",
        ),
        (
            messages::failure(&ossa, &too_old, silence("2026-11-18T21:00:00Z"), now),
            "No forecast for OSSA: the newest is 31h old, too old to rely on. The weather services do not answer. Ask \
             again later.",
        ),
        (
            messages::too_many(24, at("2026-11-18T19:10:00Z"), &pelio),
            "No forecast now: you asked for 24 today. Again from 06:10. Check-ins and all else work as always.",
        ),
        (
            messages::failure(&pelio, &Look::Nothing, used_up, now),
            "No forecast for PELIO: we may ask the weather services no more today. That says nothing about the weather. \
             Ask again from Fri 20 Nov 6:10 am AEDT.",
        ),
        (
            messages::failure(&ossa, &too_old, used_up, now),
            "No forecast for OSSA: the newest is 31h old, too old to rely on, and we may ask for no more today. Ask again from Fri 20 Nov 6:10 am AEDT.",
        ),
    ] {
        assert_eq!(text, expected);
        assert_eq!(measures(&text).2, 1, "{text}");
    }
}
