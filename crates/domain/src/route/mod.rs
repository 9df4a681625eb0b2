//! Routes, their camps and peaks.

pub mod catalogue;
pub mod draft;
pub mod id;
pub mod nearest;
pub mod route;
pub mod rule;
pub mod waypoint;

pub use catalogue::RouteCatalogue;
pub use draft::RouteDraft;
pub use id::RouteId;
pub use route::Route;
pub use rule::{RESERVED_WORDS, RouteRule, RuleBroken};
pub use waypoint::{Coordinate, Kind, Region, Waypoint, WaypointCode, WaypointDraft};
