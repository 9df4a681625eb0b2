//! A walking route with its camps and peaks.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{
    draft::RouteDraft,
    id::RouteId,
    rule::{self, RouteRule, RuleBroken},
    waypoint::{Kind, Region, Waypoint},
};

/// A walking route whose data satisfies every [`RouteRule`].
#[derive(Debug, Clone)]
pub struct Route {
    id: RouteId,
    distance_km: u16,
    grade: u8,
    time_zone: TimeZone,
    waypoints: Vec<Waypoint>,
    draft: RouteDraft,
}

impl Route {
    /// A route, if its data is sound.
    ///
    /// # Errors
    ///
    /// The first rule that the draft breaks, and where.
    pub fn new(mut draft: RouteDraft) -> Result<Self, RuleBroken> {
        let broken = |rule| RuleBroken { rule, waypoint: None };
        let id = RouteId::parse(&draft.id).map_err(broken)?;
        texts(&draft).map_err(broken)?;
        let distance_km = u16::try_from(draft.distance_km).unwrap_or(0);
        if !(1..=5_000).contains(&distance_km) {
            return Err(broken(RouteRule::Distance));
        }
        let grade = u8::try_from(draft.grade).unwrap_or(0);
        if !(1..=5).contains(&grade) {
            return Err(broken(RouteRule::Grade));
        }
        let time_zone = TimeZoneDatabase::bundled()
            .get(&draft.time_zone)
            .map_err(|_| broken(RouteRule::TimeZone))?;
        if draft.region.south >= draft.region.north || draft.region.west >= draft.region.east {
            return Err(broken(RouteRule::Region));
        }
        let waypoints = rule::waypoints(&draft)?;
        draft.waypoints = Vec::new();
        Ok(Self {
            id,
            distance_km,
            grade,
            time_zone,
            waypoints,
            draft,
        })
    }

    /// Id of the route.
    pub fn id(&self) -> &RouteId {
        &self.id
    }

    /// What people call it: `Overland Track`.
    pub fn name(&self) -> &str {
        &self.draft.name
    }

    /// The same for a line of a text: `Overland`.
    pub fn short_name(&self) -> &str {
        &self.draft.short_name
    }

    /// Where it lies.
    pub fn region(&self) -> &Region {
        &self.draft.region
    }

    /// Its length in kilometres.
    pub fn distance_km(&self) -> u16 {
        self.distance_km
    }

    /// How long people take: `5-7`.
    pub fn typical_days(&self) -> &str {
        &self.draft.typical_days
    }

    /// 1 (easy) to 5 (very experienced only).
    pub fn grade(&self) -> u8 {
        self.grade
    }

    /// What that grade asks of a walker.
    pub fn grade_description(&self) -> &str {
        &self.draft.grade_description
    }

    /// Whether it ends where it began.
    pub fn is_loop(&self) -> bool {
        self.draft.is_loop
    }

    /// Whether camps and peaks stand in walking order.
    pub fn is_ordered(&self) -> bool {
        self.draft.ordered
    }

    /// The zone that its times are told in.
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// What to dial in an emergency there.
    pub fn emergency_number(&self) -> &str {
        &self.draft.emergency_number
    }

    /// Where warnings of the weather are found.
    pub fn warnings(&self) -> Option<&str> {
        self.draft.warnings.as_deref()
    }

    /// Every place, in the order of the data file.
    pub fn waypoints(&self) -> &[Waypoint] {
        &self.waypoints
    }

    /// The camps, in order.
    pub fn camps(&self) -> impl Iterator<Item = &Waypoint> {
        self.of_kind(Kind::Camp)
    }

    /// The peaks, in order.
    pub fn peaks(&self) -> impl Iterator<Item = &Waypoint> {
        self.of_kind(Kind::Peak)
    }

    /// The camp with exactly this code.
    pub fn camp(&self, code: &str) -> Option<&Waypoint> {
        self.camps().find(|camp| camp.code.as_str() == code)
    }

    /// The peak with exactly this code.
    pub fn peak(&self, code: &str) -> Option<&Waypoint> {
        self.peaks().find(|peak| peak.code.as_str() == code)
    }

    /// Every place whose code begins so, for a hint. Never good enough to move a hiker.
    pub fn matching_prefix(&self, prefix: &str) -> Vec<&Waypoint> {
        if prefix.is_empty() {
            return Vec::new();
        }
        self.waypoints
            .iter()
            .filter(|waypoint| waypoint.code.as_str().starts_with(prefix))
            .collect()
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Waypoint> {
        self.waypoints
            .iter()
            .filter(move |waypoint| waypoint.kind == kind)
    }
}

fn texts(draft: &RouteDraft) -> Result<(), RouteRule> {
    let shown = [
        (&draft.name, 40),
        (&draft.short_name, 20),
        (&draft.region.name, 40),
        (&draft.grade_description, 200),
    ];
    if !shown
        .into_iter()
        .all(|(text, longest)| rule::showable(text, longest))
    {
        return Err(RouteRule::Name);
    }
    let warnings = draft.warnings.as_deref();
    if !warnings.is_none_or(|warnings| warnings.is_ascii() && rule::showable(warnings, 20)) {
        return Err(RouteRule::Warnings);
    }
    if !rule::typical_days(&draft.typical_days) {
        return Err(RouteRule::TypicalDays);
    }
    let number = &draft.emergency_number;
    if !(3..=6).contains(&number.len()) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(RouteRule::EmergencyNumber);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::WaypointDraft;

    fn waypoint(kind: Kind, code: &str) -> WaypointDraft {
        WaypointDraft {
            kind,
            code: code.into(),
            name: format!("Place {code}"),
            latitude: "-43.1".parse().unwrap(),
            longitude: "146.2".parse().unwrap(),
            elevation_m: 850,
            verified: false,
        }
    }

    fn draft() -> RouteDraft {
        RouteDraft {
            id: "some_track".into(),
            name: "Some Track".into(),
            short_name: "Some".into(),
            region: Region {
                name: "Tasmania".into(),
                south: "-44".parse().unwrap(),
                north: "-39".parse().unwrap(),
                west: "143.5".parse().unwrap(),
                east: "149".parse().unwrap(),
            },
            distance_km: 40,
            typical_days: "3-4".into(),
            grade: 4,
            grade_description: "Rough.".into(),
            is_loop: false,
            ordered: true,
            time_zone: "Australia/Hobart".into(),
            emergency_number: "000".into(),
            warnings: None,
            waypoints: vec![
                waypoint(Kind::Camp, "LAKEO"),
                waypoint(Kind::Camp, "LAKEC"),
                waypoint(Kind::Peak, "LABYR"),
            ],
        }
    }

    fn broken(edit: impl FnOnce(&mut RouteDraft)) -> (RouteRule, Option<usize>) {
        let mut draft = draft();
        edit(&mut draft);
        let broken = Route::new(draft).unwrap_err();
        (broken.rule, broken.waypoint)
    }

    #[test]
    fn a_place_is_found_by_its_exact_code_and_kind() {
        let route = Route::new(draft()).unwrap();
        assert_eq!(route.camp("LAKEO").unwrap().name, "Place LAKEO");
        for code in ["LABYR", "lakeo", "LAKE", "LAKEOO", ""] {
            assert!(route.camp(code).is_none(), "{code}");
        }
        assert!(route.peak("LAKEO").is_none());
    }

    #[test]
    fn a_prefix_lists_what_it_could_mean() {
        let route = Route::new(draft()).unwrap();
        let codes = |prefix| -> Vec<_> {
            route
                .matching_prefix(prefix)
                .into_iter()
                .map(|place| place.code.as_str())
                .collect()
        };
        assert_eq!(codes("LA"), ["LAKEO", "LAKEC", "LABYR"]);
        assert_eq!(codes("LAKE"), ["LAKEO", "LAKEC"]);
        assert_eq!(codes("X"), Vec::<&str>::new());
        assert_eq!(codes(""), Vec::<&str>::new());
    }

    #[test]
    fn a_rule_about_the_route_names_no_place() {
        let at_route = |rule| (rule, None);
        assert_eq!(
            broken(|draft| draft.id = "Some Track".into()),
            at_route(RouteRule::Id)
        );
        assert_eq!(
            broken(|draft| draft.name = " Some".into()),
            at_route(RouteRule::Name)
        );
        assert_eq!(
            broken(|draft| draft.short_name = "S".repeat(21)),
            at_route(RouteRule::Name)
        );
        assert_eq!(
            broken(|draft| draft.typical_days = "7-5".into()),
            at_route(RouteRule::TypicalDays)
        );
        assert_eq!(
            broken(|draft| draft.distance_km = 0),
            at_route(RouteRule::Distance)
        );
        assert_eq!(broken(|draft| draft.grade = 6), at_route(RouteRule::Grade));
        assert_eq!(
            broken(|draft| draft.time_zone = "Hobart".into()),
            at_route(RouteRule::TimeZone)
        );
        assert_eq!(
            broken(|draft| draft.emergency_number = "OOO".into()),
            at_route(RouteRule::EmergencyNumber)
        );
        assert_eq!(
            broken(|draft| draft.warnings = Some("www.weather-warnings.example".into())),
            at_route(RouteRule::Warnings)
        );
        assert_eq!(
            broken(|draft| draft.region.south = draft.region.north),
            at_route(RouteRule::Region)
        );
        assert_eq!(
            broken(|draft| drop(draft.waypoints.drain(..2))),
            at_route(RouteRule::NoCamp)
        );
    }

    #[test]
    fn a_rule_about_a_place_names_the_place() {
        let second = |edit: fn(&mut WaypointDraft)| broken(|draft| edit(draft.waypoints.get_mut(1).unwrap()));
        assert_eq!(
            second(|place| place.code = "LAK".into()),
            (RouteRule::Code, Some(1))
        );
        assert_eq!(
            second(|place| place.code = "HELP".into()),
            (RouteRule::CodeIsCommand, Some(1))
        );
        assert_eq!(
            second(|place| place.code = "LAKEO".into()),
            (RouteRule::CodeTwice, Some(1))
        );
        assert_eq!(
            second(|place| place.name = "Two\nlines".into()),
            (RouteRule::Name, Some(1))
        );
        assert_eq!(
            second(|place| place.elevation_m = 9_001),
            (RouteRule::Elevation, Some(1))
        );
        assert_eq!(
            second(|place| std::mem::swap(&mut place.latitude, &mut place.longitude)),
            (RouteRule::OutsideRegion, Some(1))
        );
        let both = broken(|draft| draft.waypoints.push(waypoint(Kind::Peak, "LAKEC")));
        assert_eq!(both, (RouteRule::CampIsPeak, Some(3)));
    }

    #[test]
    fn an_adopted_id_is_kept_as_it_was() {
        assert_eq!(RouteId::from_stored("Old Route!").as_str(), "Old Route!");
        assert_eq!(RouteId::parse("Old Route!"), Err(RouteRule::Id));
        assert_eq!(
            RouteId::parse("overland_track").unwrap().as_str(),
            "overland_track"
        );
    }
}
