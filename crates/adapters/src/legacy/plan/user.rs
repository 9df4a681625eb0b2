//! Hikers: `users` of the Python version.

use thunderbird_domain::{phone_number::PhoneNumber, time::Timestamp};

use super::{Mapped, Planned, Rules, optional, time::Writer};
use crate::legacy::cell::Cell;

/// What a hiker without a trail name is called.
pub const NAMELESS: &str = "Hiker";

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
    /// The camp of the last check-in, and when that was.
    pub position: Option<(String, Timestamp)>,
    /// Since when the hiker is registered.
    pub started_at: Timestamp,
    /// The latest sign of life: of rows with one number, the latest is carried over.
    pub latest: Timestamp,
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
    let route = super::required(route, "route_id")?.trim().to_owned();
    let trail_name = optional(trail_name, "trail_name", &mut notes).unwrap_or_else(|| NAMELESS.to_owned());
    let code = optional(position, "current_position", &mut notes);
    let last_checkin_at = rules.optional_time(checked_in, "last_checkin_at", Writer::Local, &mut notes);
    let created = rules.optional_time(created, "created_at", Writer::Utc, &mut notes);
    let updated = rules.optional_time(updated, "updated_at", Writer::Local, &mut notes);
    let started_at = match created.or(updated).or(last_checkin_at) {
        Some(instant) => instant,
        None => {
            notes.push("there is no time of registration: the time of adoption stands in".to_owned());
            rules.adopted_at
        }
    };
    let position = match (code, last_checkin_at) {
        (Some(code), Some(at)) => Some((code.trim().to_owned(), at)),
        (None, None) => None,
        (Some(_), None) => {
            notes.push("current_position was left out: there is no time of the check-in".to_owned());
            None
        }
        (None, Some(_)) => {
            notes.push("last_checkin_at was left out: there is no current_position".to_owned());
            None
        }
    };
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
