//! An operator's route file.

use std::collections::HashSet;

use thunderbird_adapters::catalogue::read_route;
use thunderbird_domain::route::{RESERVED_WORDS, Route, RouteId, WaypointCode};

use crate::input;

/// The file's text.
pub fn check(bytes: &[u8]) {
    let text = input::text(bytes);
    match read_route("own.toml", &text) {
        Ok(route) => holds(&route),
        Err(problem) => {
            assert_eq!(problem.file, "own.toml");
            assert!(!problem.rule.is_empty());
            let lines = text.matches('\n').count() + 1;
            assert!(
                problem.line.is_none_or(|line| (1..=lines).contains(&line)),
                "{problem}"
            );
        }
    }
}

fn holds(route: &Route) {
    assert!(RouteId::parse(route.id().as_str()).is_ok());
    assert!(route.camps().next().is_some(), "no camp");
    assert!((1..=5_000).contains(&route.distance_km()) && (1..=5).contains(&route.grade()));
    let digits = route.emergency_number();
    assert!((3..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
    for name in [route.name(), route.short_name(), &route.region().name] {
        assert!(shown(name), "{name:?}");
    }
    let mut codes = HashSet::new();
    for place in route.waypoints() {
        let code = place.code.as_str();
        assert!(codes.insert(code), "{code} twice");
        assert!(WaypointCode::parse(code).is_ok());
        assert!(!RESERVED_WORDS.contains(&code), "{code} is a command");
        assert!(shown(&place.name), "{:?}", place.name);
        assert!(route.region().contains(place.latitude, place.longitude));
        for angle in [place.latitude, place.longitude] {
            assert_eq!(angle.to_string().parse(), Ok(angle));
        }
        let found = route.camp(code).or_else(|| route.peak(code));
        assert_eq!(found, Some(place), "found by its exact code");
        assert_eq!(
            route.camp(&code[..code.len() - 1]),
            None,
            "a beginning is no code"
        );
        assert!(route.camp(&code.to_ascii_lowercase()).is_none());
    }
}

fn shown(name: &str) -> bool {
    (1..=40).contains(&name.chars().count()) && name.trim() == name && !name.chars().any(char::is_control)
}
