//! Hikers: `users` of the Python version.

use thunderbird_domain::{
    phone_number::PhoneNumber,
    route::{Route, RouteId},
    time::Timestamp,
};

use super::{Mapped, Planned, Rules, optional, time::Writer};
use crate::legacy::cell::Cell;

/// What a hiker without a trail name is called.
pub const NAMELESS: &str = "Hiker";

/// The route of a hiker whose route cannot be read.
pub const ROUTELESS: &str = "unknown";

/// The columns that [`plan`] reads, in its order.
pub const COLUMNS: [&str; 7] = [
    "phone",
    "route_id",
    "trail_name",
    "current_position",
    "last_checkin_at",
    "created_at",
    "updated_at",
];

/// A hiker to carry over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The hiker's number.
    pub phone: PhoneNumber,
    /// The route as text, known to the catalogue or not.
    pub route: String,
    /// What the hiker is called.
    pub trail_name: String,
    /// The last check-in.
    pub position: Option<Position>,
    /// Since when the hiker is registered.
    pub started_at: Timestamp,
    /// The latest sign of life: of rows with one number, the latest is carried over.
    pub latest: Timestamp,
}

/// Where a hiker checked in last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The camp's code.
    pub code: String,
    /// The camp's name; the code, where the catalogue has none.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// Decides about one row, given as [`COLUMNS`].
///
/// # Errors
///
/// The reason why the row is only listed.
pub fn plan(row: &[Cell; 7], rules: &Rules) -> Planned<User> {
    let [phone, route, trail_name, position, checked_in, created, updated] = row;
    let mut notes = Vec::new();
    let phone = rules.sender(phone, "phone")?;
    let route = optional(route, "route_id", &mut notes).unwrap_or_else(|| ROUTELESS.to_owned());
    let known = rules.routes.find(&RouteId::from_stored(route.as_str()));
    if known.is_none() {
        notes.push("route_id is not in the catalogue: CHECKIN asks for START".to_owned());
    }
    let trail_name = match super::name(trail_name, "trail_name", &mut notes) {
        name if name.is_empty() => NAMELESS.to_owned(),
        name => name,
    };
    let code = optional(position, "current_position", &mut notes);
    let last_checkin_at = rules.optional_time(checked_in, "last_checkin_at", Writer::Local, &mut notes);
    let created = rules.optional_time(created, "created_at", Writer::Utc, &mut notes);
    let updated = rules.optional_time(updated, "updated_at", Writer::Local, &mut notes);
    let started_at = created.or(updated).or(last_checkin_at).unwrap_or_else(|| {
        notes.push("there is no time of registration: the time of adoption stands in".to_owned());
        rules.adopted_at
    });
    let position = last_check_in(code, last_checkin_at, known, &mut notes);
    let latest = [last_checkin_at, updated, created].into_iter().flatten().max();
    Ok(Mapped {
        row: User {
            phone,
            route,
            trail_name,
            position,
            started_at,
            latest: latest.unwrap_or(Timestamp::EPOCH),
        },
        notes,
    })
}

fn last_check_in(
    code: Option<String>,
    at: Option<Timestamp>,
    route: Option<&Route>,
    notes: &mut Vec<String>,
) -> Option<Position> {
    match (code, at) {
        (Some(code), Some(at)) => {
            let code = code.trim().to_owned();
            let camp = route.and_then(|route| route.camp(&code));
            let name = camp.map_or_else(|| code.clone(), |camp| camp.name.clone());
            Some(Position { code, name, at })
        }
        (None, None) => None,
        (Some(_), None) => {
            notes.push("current_position was left out: there is no time of the check-in".to_owned());
            None
        }
        (None, Some(_)) => {
            notes.push("last_checkin_at was left out: there is no current_position".to_owned());
            None
        }
    }
}
