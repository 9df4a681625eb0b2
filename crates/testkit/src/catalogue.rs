//! A small route catalogue, and a builder for others.

use thunderbird_domain::route::{
    Coordinate, Kind, Region, Route, RouteCatalogue, RouteDraft, RouteId, WaypointDraft,
};

/// Routes given by a test.
#[derive(Debug, Clone, Default)]
pub struct MemoryCatalogue {
    routes: Vec<Route>,
}

impl MemoryCatalogue {
    /// A catalogue of these routes.
    pub fn new(routes: Vec<Route>) -> Self {
        Self { routes }
    }

    /// Two routes: the first places of the Overland Track, verified, and of the Western Arthurs, unordered and
    /// unverified but for Lake Oberon. Enough for a hint, an ambiguous prefix (`LAKE`) and a change of route.
    pub fn tasmania() -> Self {
        Self::new(vec![
            RouteBuilder::new("overland_track", "Overland Track", "Overland")
                .verified_camp("RONNY", "Ronny Creek")
                .verified_camp("WATER", "Waterfall Valley Hut")
                .verified_camp("PELIO", "New Pelion Hut")
                .camp("ECHOP", "Echo Point Hut")
                .peak("PELIOW", "Mt Pelion West")
                .peak("OSSA", "Mt Ossa")
                .build(),
            RouteBuilder::new("western_arthurs_ak", "Western Arthurs (A-K)", "W Arthurs A-K")
                .unordered_loop()
                .camp("LAKEF", "Lake Fortuna")
                .camp("LAKEC", "Lake Cygnus")
                .verified_camp("LAKEO", "Lake Oberon")
                .camp("SCOTT", "Scotts Peak Dam")
                .peak("HESPE", "Mt Hesperus")
                .build(),
        ])
    }
}

impl RouteCatalogue for MemoryCatalogue {
    fn all(&self) -> &[Route] {
        &self.routes
    }

    fn find(&self, id: &RouteId) -> Option<&Route> {
        self.routes.iter().find(|route| route.id() == id)
    }
}

/// Builds a route in Tasmania, grade 4, 65 km, 5-7 days, place by place.
#[derive(Debug, Clone)]
pub struct RouteBuilder {
    draft: RouteDraft,
}

impl RouteBuilder {
    /// A route without places.
    pub fn new(id: &str, name: &str, short_name: &str) -> Self {
        Self {
            draft: RouteDraft {
                id: id.into(),
                name: name.into(),
                short_name: short_name.into(),
                region: Region {
                    name: "Tasmania".into(),
                    south: Coordinate::from_microdegrees(-44_000_000),
                    north: Coordinate::from_microdegrees(-39_000_000),
                    west: Coordinate::from_microdegrees(143_500_000),
                    east: Coordinate::from_microdegrees(149_000_000),
                },
                distance_km: 65,
                typical_days: "5-7".into(),
                grade: 4,
                grade_description: "For experienced bushwalkers.".into(),
                is_loop: false,
                ordered: true,
                time_zone: "Australia/Hobart".into(),
                emergency_number: "000".into(),
                warnings: Some("bom.gov.au".into()),
                waypoints: Vec::new(),
            },
        }
    }

    /// A camp whose position nobody has compared with a map.
    #[must_use]
    pub fn camp(self, code: &str, name: &str) -> Self {
        self.place(Kind::Camp, code, name, false)
    }

    /// A camp whose position is sure.
    #[must_use]
    pub fn verified_camp(self, code: &str, name: &str) -> Self {
        self.place(Kind::Camp, code, name, true)
    }

    /// A peak.
    #[must_use]
    pub fn peak(self, code: &str, name: &str) -> Self {
        self.place(Kind::Peak, code, name, true)
    }

    /// A place that lies exactly here, at this height in metres.
    #[must_use]
    pub fn exactly(
        mut self,
        kind: Kind,
        (code, name): (&str, &str),
        (latitude, longitude): (&str, &str),
        elevation_m: i64,
    ) -> Self {
        self.draft.waypoints.push(WaypointDraft {
            kind,
            code: code.into(),
            name: name.into(),
            latitude: latitude.parse().expect("a latitude"),
            longitude: longitude.parse().expect("a longitude"),
            elevation_m,
            verified: true,
        });
        self
    }

    /// Ends where it began; places in no particular order.
    #[must_use]
    pub fn unordered_loop(mut self) -> Self {
        self.draft.is_loop = true;
        self.draft.ordered = false;
        self
    }

    /// The data before they are judged.
    pub fn draft(self) -> RouteDraft {
        self.draft
    }

    /// The route; panics when a test's own data breaks a rule.
    pub fn build(self) -> Route {
        Route::new(self.draft).expect("the test's route is sound")
    }

    fn place(mut self, kind: Kind, code: &str, name: &str, verified: bool) -> Self {
        let nth = i32::try_from(self.draft.waypoints.len()).unwrap_or(0);
        self.draft.waypoints.push(WaypointDraft {
            kind,
            code: code.into(),
            name: name.into(),
            latitude: Coordinate::from_microdegrees(-41_650_400 - nth * 10_000),
            longitude: Coordinate::from_microdegrees(145_961_400 + nth * 10_000),
            elevation_m: 900,
            verified,
        });
        self
    }
}
