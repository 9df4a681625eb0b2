//! How routes look on the wire.

use serde::Serialize;
use thunderbird_domain::route::{Coordinate, Route, Waypoint};

/// A route in a few words.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RouteSummary {
    /// Its id.
    #[schema(examples("overland_track"))]
    route_id: String,
    /// What people call it.
    #[schema(examples("Overland Track"))]
    name: String,
    /// The same for narrow places.
    #[schema(examples("Overland"))]
    short_name: String,
    /// Where it lies.
    #[schema(examples("Tasmania"))]
    region: String,
    /// Its length in kilometres.
    #[schema(examples(65))]
    distance_km: u16,
    /// How many days people take.
    #[schema(examples("5-7"))]
    typical_days: String,
    /// 1 (easy) to 5 (very experienced only), after the Australian Walking Track Grading System.
    #[schema(examples(4))]
    grade: u8,
    /// Whether it ends where it began.
    is_loop: bool,
}

/// A camp or a peak.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RoutePlace {
    /// What hikers text; unique on this route only.
    #[schema(examples("RONNY"))]
    code: String,
    /// What people call it.
    #[schema(examples("Ronny Creek"))]
    name: String,
    /// Metres above the sea.
    #[schema(examples(942))]
    elevation: i32,
    /// Degrees north.
    #[schema(examples(-41.6504))]
    latitude: f64,
    /// Degrees east.
    #[schema(examples(145.9614))]
    longitude: f64,
    /// Whether somebody has compared the position with a map.
    verified: bool,
}

impl From<&Route> for RouteSummary {
    fn from(route: &Route) -> Self {
        Self {
            route_id: route.id().to_string(),
            name: route.name().into(),
            short_name: route.short_name().into(),
            region: route.region().name.clone(),
            distance_km: route.distance_km(),
            typical_days: route.typical_days().into(),
            grade: route.grade(),
            is_loop: route.is_loop(),
        }
    }
}

impl From<&Waypoint> for RoutePlace {
    fn from(place: &Waypoint) -> Self {
        Self {
            code: place.code.to_string(),
            name: place.name.clone(),
            elevation: place.elevation_m,
            latitude: degrees(place.latitude),
            longitude: degrees(place.longitude),
            verified: place.verified,
        }
    }
}

/// JSON has no other fraction; six decimals survive the way there and back.
fn degrees(coordinate: Coordinate) -> f64 {
    f64::from(coordinate.as_microdegrees()) / 1e6
}
