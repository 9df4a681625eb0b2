//! What a route's data must satisfy before a hiker may rely on it.

use std::collections::HashSet;

use super::{
    draft::RouteDraft,
    waypoint::{Kind, Waypoint, WaypointCode, WaypointDraft},
};

/// Words that mean something when texted alone, and therefore can name no place: the commands of four to six
/// letters, the carriers' opt-out words, the answers that a conversation waits for, and calls for help.
pub const RESERVED_WORDS: &[&str] = &[
    "ACTING", "ALERT", "BACK", "BLEED", "BROKE", "BROKEN", "CAMPS", "CANCEL", "CAST", "CHANGE", "DYING",
    "FALLEN", "FOUND", "HELP", "HURT", "INFO", "INJURY", "LATE", "LINK", "LOST", "MAYDAY", "MENU", "NAME",
    "NEXT", "OPTOUT", "PEAKS", "POLICE", "QUIT", "READY", "RESCUE", "REVOKE", "ROUTE", "ROUTES", "SAFE",
    "START", "STATUS", "STOP", "UNDO", "UNLINK", "UNSTOP", "WHERE",
];

/// A rule of route data. Its text tells the person who edits the file what to fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RouteRule {
    /// The route's id.
    #[error("a route id is 1 to 50 characters a to z, 0 to 9 and _, and begins with a letter")]
    Id,
    /// A name that cannot be shown.
    #[error("a name has 1 to 40 printable characters (short name 20, waypoint 35) and no blanks at its ends")]
    Name,
    /// The usual number of days.
    #[error("typical_days is a number of days or a range such as \"5-7\"")]
    TypicalDays,
    /// The length in kilometres.
    #[error("distance_km is 1 to 5000")]
    Distance,
    /// The grade of difficulty.
    #[error("grade is 1 to 5")]
    Grade,
    /// The IANA time zone.
    #[error("time_zone is an IANA name such as Australia/Hobart")]
    TimeZone,
    /// The number to dial in an emergency.
    #[error("emergency_number is 3 to 6 digits")]
    EmergencyNumber,
    /// Where warnings are found.
    #[error("warnings is an address of 1 to 20 plain characters such as \"bom.gov.au\"")]
    Warnings,
    /// The box of the region.
    #[error("a region's south lies below its north and its west below its east")]
    Region,
    /// No camp at all.
    #[error("a route has at least one camp")]
    NoCamp,
    /// A waypoint's code.
    #[error("a code is four to six capital letters A to Z")]
    Code,
    /// A code that is a command.
    #[error("a code must not be a word that hikers text as a command")]
    CodeIsCommand,
    /// A code used twice for the same kind.
    #[error("a code is used once on a route")]
    CodeTwice,
    /// A code used for a camp and a peak.
    #[error("a place is a camp or a peak, not both: this code is used for both")]
    CampIsPeak,
    /// A place outside the region.
    #[error("coordinates lie inside the route's region")]
    OutsideRegion,
    /// An elevation outside of what can be walked.
    #[error("elevation_m is -500 to 9000")]
    Elevation,
    /// A second route with the same id in one directory.
    #[error("a route id is used once")]
    IdTwice,
}

/// A rule that was broken, and by which waypoint of the draft, counted from 0; by the route itself when `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{rule}")]
pub struct RuleBroken {
    /// The rule that was broken.
    pub rule: RouteRule,
    /// The waypoint's place in the draft.
    pub waypoint: Option<usize>,
}

/// Whether a name can be shown in a text: printable, no line breaks, nothing invisible at its ends.
pub(super) fn showable(name: &str, longest: usize) -> bool {
    let count = name.chars().count();
    (1..=longest).contains(&count) && name.trim() == name && !name.chars().any(char::is_control)
}

pub(super) fn typical_days(days: &str) -> bool {
    let number = |text: &str| text.parse::<u8>().ok().filter(|days| (1..=99).contains(days));
    match days.split_once('-') {
        None => number(days).is_some(),
        Some((least, most)) => {
            matches!((number(least), number(most)), (Some(least), Some(most)) if least < most)
        }
    }
}

/// Looks at every rule about places, in the order of the file.
pub(super) fn waypoints(draft: &RouteDraft) -> Result<Vec<Waypoint>, RuleBroken> {
    let mut camps = HashSet::new();
    let mut peaks = HashSet::new();
    let mut waypoints = Vec::with_capacity(draft.waypoints.len());
    for (place, row) in draft.waypoints.iter().enumerate() {
        let broken = |rule| RuleBroken {
            rule,
            waypoint: Some(place),
        };
        let waypoint = waypoint(row).map_err(broken)?;
        if !draft.region.contains(row.latitude, row.longitude) {
            return Err(broken(RouteRule::OutsideRegion));
        }
        let (same_kind, other_kind) = match row.kind {
            Kind::Camp => (&mut camps, &peaks),
            Kind::Peak => (&mut peaks, &camps),
        };
        if other_kind.contains(&waypoint.code) {
            return Err(broken(RouteRule::CampIsPeak));
        }
        if !same_kind.insert(waypoint.code.clone()) {
            return Err(broken(RouteRule::CodeTwice));
        }
        waypoints.push(waypoint);
    }
    if camps.is_empty() {
        return Err(RuleBroken {
            rule: RouteRule::NoCamp,
            waypoint: None,
        });
    }
    Ok(waypoints)
}

fn waypoint(row: &WaypointDraft) -> Result<Waypoint, RouteRule> {
    let code = WaypointCode::parse(&row.code).map_err(|_| RouteRule::Code)?;
    if RESERVED_WORDS.contains(&code.as_str()) {
        return Err(RouteRule::CodeIsCommand);
    }
    if !showable(&row.name, 35) {
        return Err(RouteRule::Name);
    }
    let elevation_m = i32::try_from(row.elevation_m).map_err(|_| RouteRule::Elevation)?;
    if !(-500..=9_000).contains(&elevation_m) {
        return Err(RouteRule::Elevation);
    }
    Ok(Waypoint {
        kind: row.kind,
        code,
        name: row.name.clone(),
        latitude: row.latitude,
        longitude: row.longitude,
        elevation_m,
        verified: row.verified,
    })
}
