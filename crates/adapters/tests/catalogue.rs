//! The built-in routes and the operator's own on top of them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{fs, path::Path};

use thunderbird_adapters::catalogue::FileCatalogue;
use thunderbird_domain::route::{Kind, Route, RouteCatalogue, RouteId};
use thunderbird_testkit::{catalogue::MemoryCatalogue, contract};

const OWN: &str = r#"
id = "three_capes"
name = "Three Capes Track"
short_name = "Three Capes"
region = { name = "Tasmania", latitude = [-44, -39], longitude = [143.5, 149] }
distance_km = 48
typical_days = "4"
grade = 3
grade_description = "Most people can walk it."
time_zone = "Australia/Hobart"
emergency_number = "000"
camps = [
  { code = "SURVE", name = "Surveyors", latitude = -43.16, longitude = 147.92, elevation_m = 150 },
]
"#;

fn route<'a>(catalogue: &'a FileCatalogue, id: &str) -> &'a Route {
    catalogue.find(&RouteId::parse(id).unwrap()).unwrap()
}

fn ids(catalogue: &FileCatalogue) -> Vec<&str> {
    catalogue.all().iter().map(|route| route.id().as_str()).collect()
}

fn problems(directory: &Path) -> Vec<String> {
    let problems = FileCatalogue::load(Some(directory)).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn both_catalogues_keep_the_ports_promises() {
    contract::route_catalogue(&FileCatalogue::load(None).unwrap());
    contract::route_catalogue(&MemoryCatalogue::tasmania());
}

#[test]
fn the_built_in_routes_are_those_of_tasmania() {
    let catalogue = FileCatalogue::load(None).unwrap();
    let facts: Vec<_> = catalogue
        .all()
        .iter()
        .map(|route| {
            let count = (route.camps().count(), route.peaks().count());
            (
                route.id().as_str(),
                route.distance_km(),
                route.typical_days(),
                route.grade(),
                route.is_loop(),
                count,
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            ("overland_track", 65, "5-7", 4, false, (10, 9)),
            ("western_arthurs_ak", 57, "6-8", 5, true, (8, 10)),
            ("western_arthurs_full", 79, "10-12", 5, true, (15, 20)),
            ("federation_peak", 45, "4-5", 5, false, (4, 1)),
            ("eastern_arthurs", 65, "7-10", 5, false, (9, 5)),
            ("combined_arthurs", 120, "12-14", 5, false, (16, 25)),
        ]
    );
    for route in catalogue.all() {
        assert_eq!(route.region().name, "Tasmania");
        assert_eq!(route.time_zone().iana_name(), Some("Australia/Hobart"));
        assert_eq!(route.emergency_number(), "000");
        assert_eq!(
            route.is_ordered(),
            !route.id().as_str().starts_with("western_arthurs")
        );
    }
}

#[test]
fn one_code_may_be_two_places_on_two_routes() {
    let catalogue = FileCatalogue::load(None).unwrap();
    let western = route(&catalogue, "western_arthurs_ak").camp("LAKEF").unwrap();
    let combined = route(&catalogue, "combined_arthurs").camp("LAKEF").unwrap();
    assert_eq!(western.name, combined.name);
    assert_ne!(
        (western.longitude, western.elevation_m),
        (combined.longitude, combined.elevation_m)
    );
    assert_eq!(western.longitude.to_string(), "146.225");
    assert!(!western.verified);
    assert_eq!(western.kind, Kind::Camp);
}

#[test]
fn an_own_route_stands_at_the_end_of_the_menu() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("three_capes.toml"), OWN).unwrap();
    fs::write(directory.path().join("notes.txt"), "not a route").unwrap();
    let catalogue = FileCatalogue::load(Some(directory.path())).unwrap();
    assert_eq!(ids(&catalogue).last(), Some(&"three_capes"));
    assert_eq!(catalogue.all().len(), 7);
    assert!(
        !route(&catalogue, "three_capes").camp("SURVE").unwrap().verified,
        "unverified unless said"
    );
}

#[test]
fn an_own_file_replaces_a_built_in_route_in_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let own = OWN.replace("three_capes", "western_arthurs_ak");
    fs::write(directory.path().join("mine.toml"), own).unwrap();
    let catalogue = FileCatalogue::load(Some(directory.path())).unwrap();
    assert_eq!(ids(&catalogue).get(1), Some(&"western_arthurs_ak"));
    assert_eq!(catalogue.all().len(), 6);
    assert_eq!(
        route(&catalogue, "western_arthurs_ak").short_name(),
        "Three Capes"
    );
}

#[test]
fn every_wrong_file_is_named_at_once_with_line_and_rule() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.toml"), OWN.replace("SURVE", "HELP")).unwrap();
    fs::write(directory.path().join("b.toml"), OWN.replace("147.92", "14.792")).unwrap();
    fs::write(directory.path().join("c.toml"), OWN).unwrap();
    fs::write(directory.path().join("d.toml"), OWN).unwrap();
    let found = problems(directory.path());
    let named = |file: &str| {
        found
            .iter()
            .find(|problem| problem.contains(file))
            .unwrap()
            .as_str()
    };
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        named("a.toml").ends_with("a.toml, line 13: a code must not be a word that hikers text as a command")
    );
    assert!(named("b.toml").ends_with("b.toml, line 13: coordinates lie inside the route's region"));
    assert!(named("d.toml").ends_with("d.toml: a route id is used once"));
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    let found = problems(Path::new("no/such/directory"));
    assert!(
        found
            .first()
            .unwrap()
            .starts_with("no/such/directory: the directory cannot be read"),
        "{found:?}"
    );
}
