//! Routes, their camps and peaks.

pub mod catalogue;
pub mod route;
pub mod rule;
pub mod waypoint;

pub use catalogue::RouteCatalogue;
pub use route::{Route, RouteDraft, RouteId};
pub use rule::{RESERVED_WORDS, RouteRule, RuleBroken};
pub use waypoint::{CampCode, Coordinate, Kind, Region, Waypoint, WaypointCode, WaypointDraft};
