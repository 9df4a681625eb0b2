//! A route as a data file describes it.

use super::waypoint::{Region, WaypointDraft};

/// A route as a data file describes it, before the rules were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteDraft {
    /// The id, as written.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The same for a line of a text.
    pub short_name: String,
    /// Where it lies.
    pub region: Region,
    /// Its length in kilometres.
    pub distance_km: i64,
    /// How long people take: `5-7`.
    pub typical_days: String,
    /// 1 (easy) to 5 (very experienced only), after the Australian Walking Track Grading System.
    pub grade: i64,
    /// What that grade asks of a walker.
    pub grade_description: String,
    /// Whether it ends where it began.
    pub is_loop: bool,
    /// Whether the waypoints stand in walking order.
    pub ordered: bool,
    /// The IANA zone that its times are told in.
    pub time_zone: String,
    /// What to dial in an emergency there.
    pub emergency_number: String,
    /// Where warnings of the weather are found, for a line of a text: `bom.gov.au`.
    pub warnings: Option<String>,
    /// Camps and peaks.
    pub waypoints: Vec<WaypointDraft>,
}
