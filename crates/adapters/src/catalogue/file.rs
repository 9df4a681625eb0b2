//! One route's data file: TOML in, a validated route out, every complaint with its line.

use serde::Deserialize;
use thunderbird_domain::route::{Coordinate, Kind, Region, Route, RouteDraft, WaypointDraft};
use toml::{Spanned, Value};

use super::error::RouteFileError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteFile {
    id: String,
    name: String,
    short_name: String,
    region: RegionRow,
    distance_km: i64,
    typical_days: String,
    grade: i64,
    grade_description: String,
    #[serde(default)]
    is_loop: bool,
    #[serde(default = "in_walking_order")]
    ordered: bool,
    time_zone: String,
    emergency_number: String,
    warnings: Option<String>,
    camps: Vec<Spanned<WaypointRow>>,
    #[serde(default)]
    peaks: Vec<Spanned<WaypointRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionRow {
    name: String,
    latitude: [Spanned<Value>; 2],
    longitude: [Spanned<Value>; 2],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaypointRow {
    code: String,
    name: String,
    latitude: Spanned<Value>,
    longitude: Spanned<Value>,
    elevation_m: i64,
    #[serde(default)]
    verified: bool,
}

fn in_walking_order() -> bool {
    true
}

/// Reads the text of a route file.
pub(super) fn parse(file: &str, text: &str) -> Result<Route, RouteFileError> {
    let source = Source { file, text };
    let read: RouteFile = toml::from_str(text)
        .map_err(|error| source.problem(error.span().map(|span| span.start), error.message()))?;
    let starts: Vec<usize> = read
        .camps
        .iter()
        .chain(&read.peaks)
        .map(|row| row.span().start)
        .collect();
    let draft = source.draft(read)?;
    Route::new(draft).map_err(|broken| {
        let start = broken.waypoint.and_then(|place| starts.get(place).copied());
        source.problem(start, &broken.rule.to_string())
    })
}

struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn problem(&self, start: Option<usize>, rule: &str) -> RouteFileError {
        let line = start
            .and_then(|start| self.text.get(..start))
            .map(|before| before.matches('\n').count() + 1);
        RouteFileError {
            file: self.file.into(),
            line,
            rule: rule.into(),
        }
    }

    fn draft(&self, read: RouteFile) -> Result<RouteDraft, RouteFileError> {
        let [south, north] = &read.region.latitude;
        let [west, east] = &read.region.longitude;
        let region = Region {
            name: read.region.name,
            south: self.coordinate(south)?,
            north: self.coordinate(north)?,
            west: self.coordinate(west)?,
            east: self.coordinate(east)?,
        };
        let camps = read.camps.into_iter().map(|row| (Kind::Camp, row));
        let peaks = read.peaks.into_iter().map(|row| (Kind::Peak, row));
        let waypoints = camps
            .chain(peaks)
            .map(|(kind, row)| self.waypoint(kind, row.into_inner()))
            .collect::<Result<_, _>>()?;
        Ok(RouteDraft {
            id: read.id,
            name: read.name,
            short_name: read.short_name,
            region,
            distance_km: read.distance_km,
            typical_days: read.typical_days,
            grade: read.grade,
            grade_description: read.grade_description,
            is_loop: read.is_loop,
            ordered: read.ordered,
            time_zone: read.time_zone,
            emergency_number: read.emergency_number,
            warnings: read.warnings,
            waypoints,
        })
    }

    fn waypoint(&self, kind: Kind, row: WaypointRow) -> Result<WaypointDraft, RouteFileError> {
        Ok(WaypointDraft {
            kind,
            code: row.code,
            name: row.name,
            latitude: self.coordinate(&row.latitude)?,
            longitude: self.coordinate(&row.longitude)?,
            elevation_m: row.elevation_m,
            verified: row.verified,
        })
    }

    /// The number as it is written in the file: TOML's own floats are binary.
    fn coordinate(&self, value: &Spanned<Value>) -> Result<Coordinate, RouteFileError> {
        let written = self.text.get(value.span()).unwrap_or_default();
        written
            .parse()
            .map_err(|error: <Coordinate as std::str::FromStr>::Err| {
                self.problem(Some(value.span().start), &error.to_string())
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = include_str!("routes/federation_peak.toml");

    fn complaint(from: &str, to: &str) -> (Option<usize>, String) {
        assert!(SOUND.contains(from), "{from}");
        let problem = parse("own.toml", &SOUND.replace(from, to)).unwrap_err();
        assert_eq!(problem.file, "own.toml");
        (problem.line, problem.rule)
    }

    #[test]
    fn a_complaint_names_the_line_and_the_rule() {
        let (line, rule) = complaint("\"CUTTI\"", "\"START\"");
        assert_eq!(
            (line, rule.as_str()),
            (
                Some(18),
                "a code must not be a word that hikers text as a command"
            )
        );
        let (line, rule) = complaint("latitude = -43.25,", "latitude = 43.25,");
        assert_eq!(
            (line, rule.as_str()),
            (Some(17), "coordinates lie inside the route's region")
        );
        let (line, rule) = complaint("latitude = -43.25,", "latitude = -4.325e1,");
        assert_eq!(line, Some(17));
        assert!(
            rule.starts_with("A coordinate is written in decimal degrees"),
            "{rule}"
        );
        let (line, rule) = complaint("\"FEDER\"", "\"BERCH\"");
        assert_eq!(line, Some(23));
        assert!(
            rule.starts_with("a place is a camp or a peak, not both"),
            "{rule}"
        );
    }

    #[test]
    fn what_is_unknown_missing_or_no_toml_is_refused_with_its_line() {
        assert_eq!(complaint("grade = 5", "grades = 5").0, Some(7));
        assert!(complaint("name = \"South Cracroft\", ", "").1.contains("name"));
        assert_eq!(complaint("is_loop = false", "is_loop = maybe").0, Some(9));
        assert_eq!(complaint("elevation_m = 450", "elevation_m = 450.5").0, Some(17));
    }

    #[test]
    fn a_rule_about_the_whole_route_has_no_line() {
        assert_eq!(complaint("\"4-5\"", "\"a few\"").0, None);
    }
}
