//! A forecast as the linked account sees it. Each value can be missing, and is null then.

use serde::Serialize;
use thunderbird_domain::{
    forecast::{
        About, Age, Cell, Celsius, Degrees, Kmh, Metres, Percent, Place, ShownForecast, Source, Span,
        TenthMm, stretch::Stretch, sun::Sun,
    },
    route::Coordinate,
    time::Timestamp,
};

/// The forecast of one place.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Forecast)]
pub struct ForecastView {
    /// Where it is for.
    place: ForecastPlace,
    /// How far ahead: `12`, `24` or `7d`.
    #[schema(value_type = String, examples("12"))]
    span: &'static str,
    /// The IANA name of the zone that a person reads its times in.
    #[schema(examples("Australia/Hobart"))]
    zone: String,
    /// `open-meteo`, `met-norway` or `simulated`.
    #[schema(value_type = String, examples("open-meteo"))]
    source: &'static str,
    /// True if the numbers are made up to try the service with. They are no weather.
    is_simulated: bool,
    /// Whose data it is, as its licence wants it shown; null for numbers that are no weather.
    credit: Option<CreditView>,
    /// When the model began to compute it, or when the provider last renewed it, RFC 3339.
    #[schema(examples("2026-11-19T00:00:00Z"))]
    run_at: String,
    /// When it was fetched, RFC 3339.
    #[schema(examples("2026-11-19T07:40:00Z"))]
    fetched_at: String,
    /// When the provider last confirmed that it has nothing newer, RFC 3339.
    #[schema(examples("2026-11-19T07:40:00Z"))]
    checked_at: String,
    /// `fresh`, or `old` if it could not be renewed for more than two hours. Show the time of the check then.
    #[schema(value_type = String, examples("fresh"))]
    age: &'static str,
    /// What warnings there are in it: none, ever.
    warnings: WarningsView,
    /// For which height the numbers are.
    height: HeightView,
    /// The square that the provider was asked for, and learns.
    square: SquareView,
    /// The sun on the first day, computed for a flat horizon.
    sun: SunView,
    /// Where the forecast ends, RFC 3339.
    #[schema(examples("2026-11-27T07:00:00Z"))]
    ends_at: String,
    /// Rows of three hours or days, in order; fewer if the forecast ends before.
    rows: Vec<ForecastRow>,
}

/// The place of a forecast.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ForecastPlace {
    /// Its code on the hiker's route; null for coordinates.
    #[schema(examples("PELIO"))]
    code: Option<String>,
    /// What people call it; null for coordinates.
    #[schema(examples("New Pelion Hut"))]
    name: Option<String>,
    /// Degrees north of the equator.
    #[schema(examples(-41.8293))]
    latitude: f64,
    /// Degrees east of Greenwich.
    #[schema(examples(146.0463))]
    longitude: f64,
    /// Metres above the sea; null if it was not given.
    #[schema(examples(739))]
    height_m: Option<i16>,
    /// Whether somebody has compared the position with a map; true for coordinates.
    is_position_checked: bool,
}

/// Whose data a forecast is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ForecastCredit)]
pub struct CreditView {
    /// What to show.
    #[schema(value_type = String, examples("Weather data by Open-Meteo.com"))]
    text: &'static str,
    /// Where it leads.
    #[schema(value_type = String, examples("https://open-meteo.com/"))]
    url: &'static str,
    /// The licence of the data.
    #[schema(value_type = String, examples("https://creativecommons.org/licenses/by/4.0/"))]
    licence_url: &'static str,
    /// What we have changed, as the licence wants it said.
    #[schema(value_type = String)]
    changes: &'static str,
}

/// What is said of warnings.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ForecastWarnings)]
pub struct WarningsView {
    /// Always false: no forecast of this service has any.
    are_included: bool,
    /// Where they are found; null if the route does not say.
    #[schema(examples("bom.gov.au"))]
    are_at: Option<String>,
}

/// For which height the numbers are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ForecastHeight)]
pub struct HeightView {
    /// The ground of the model, in metres; null if it is not known.
    #[schema(examples(980))]
    ground_m: Option<i16>,
    /// The height that the temperatures are for, in metres; null if it is not known.
    #[schema(examples(739))]
    temperatures_at_m: Option<i16>,
    /// Whether the temperatures were moved from the ground of the model to the place's height.
    temperatures_are_moved: bool,
    /// Whether the wind is the stronger of the one 10 m over the ground and the free air's at the place's height.
    wind_is_of_free_air_too: bool,
    /// Whether only the wind over the model's ground is known, while the place stands above it.
    ridges_have_more_wind: bool,
}

/// A square of 0.05 degrees.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ForecastSquare)]
pub struct SquareView {
    /// Degrees north of its middle.
    #[schema(examples(-41.85))]
    latitude: f64,
    /// Degrees east of its middle.
    #[schema(examples(146.05))]
    longitude: f64,
    /// Its side in degrees.
    #[schema(examples(0.05))]
    side_degrees: f64,
}

/// What the sun does.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ForecastSun)]
pub struct SunView {
    /// `rises`, `stays_up` or `stays_down`.
    #[schema(value_type = String, examples("rises"))]
    state: &'static str,
    /// When it rises, RFC 3339, or null.
    #[schema(examples("2026-11-18T18:43:00Z"))]
    rises_at: Option<String>,
    /// When it sets, RFC 3339, or null.
    #[schema(examples("2026-11-19T09:20:00Z"))]
    sets_at: Option<String>,
}

/// One stretch of time. Only the least and the most are given, never a mean.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ForecastRow {
    /// When it begins, RFC 3339.
    #[schema(examples("2026-11-19T07:00:00Z"))]
    from: String,
    /// When it ends, RFC 3339.
    #[schema(examples("2026-11-19T10:00:00Z"))]
    to: String,
    /// The lowest temperature in degrees Celsius.
    #[schema(examples(3.9))]
    temperature_low_c: Option<f64>,
    /// The highest temperature in degrees Celsius.
    #[schema(examples(6.2))]
    temperature_high_c: Option<f64>,
    /// The coldest that it feels in the wind, in degrees Celsius.
    #[schema(examples(-1.3))]
    feels_low_c: Option<f64>,
    /// The strongest mean wind in kilometres an hour.
    #[schema(examples(27))]
    wind_kmh: Option<u16>,
    /// Where it comes from, in degrees clockwise from north.
    #[schema(examples(270))]
    wind_from_degrees: Option<u16>,
    /// The strongest gust in kilometres an hour.
    #[schema(examples(52))]
    gust_kmh: Option<u16>,
    /// Rain and melted snow in millimetres, in all.
    #[schema(examples(0.6))]
    rain_mm: Option<f64>,
    /// The greatest chance of it in percent.
    #[schema(examples(40))]
    rain_chance_percent: Option<u8>,
    /// The least cloud below 3000 m in percent.
    #[schema(examples(60))]
    low_cloud_least_percent: Option<u8>,
    /// The most cloud below 3000 m in percent.
    #[schema(examples(95))]
    low_cloud_most_percent: Option<u8>,
    /// The lowest level of 0 C, in metres.
    #[schema(examples(1250))]
    zero_level_low_m: Option<i16>,
    /// The highest level of 0 C, in metres.
    #[schema(examples(1500))]
    zero_level_high_m: Option<i16>,
    /// Whether some falls at 2 C or less.
    can_be_snow: bool,
    /// Whether a part of the time, or a value in it, is not known.
    is_partial: bool,
}

const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";
const CHANGES: &str = "Temperatures are moved to the place's height by us.";

/// Whose data a source has.
fn credit(source: Source) -> Option<CreditView> {
    let (text, url) = match source {
        Source::OpenMeteo => ("Weather data by Open-Meteo.com", "https://open-meteo.com/"),
        Source::MetNorway => ("Data from MET Norway", "https://www.met.no/"),
        Source::Simulated => return None,
    };
    Some(CreditView {
        text,
        url,
        licence_url: LICENCE,
        changes: CHANGES,
    })
}

fn degrees(angle: Coordinate) -> f64 {
    f64::from(angle.as_microdegrees()) / 1_000_000.0
}

/// The spans, as a client names them.
pub const SPANS: [(&str, Span); 3] = [("12", Span::Half), ("24", Span::Day), ("7d", Span::Week)];

fn named(span: Span) -> &'static str {
    let known = SPANS.iter().find(|(_, known)| *known == span);
    known.map_or("12", |(name, _)| name)
}

fn shown(at: Timestamp) -> String {
    at.floor_to_second().to_string()
}

impl From<ShownForecast> for ForecastView {
    fn from(shown_forecast: ShownForecast) -> Self {
        let height = HeightView::of(&shown_forecast);
        let ShownForecast {
            place,
            about,
            source,
            forecast,
            ..
        } = shown_forecast;
        Self {
            place: ForecastPlace::of(place, about != About::Spot),
            span: named(shown_forecast.span),
            zone: shown_forecast.zone,
            source: source.as_str(),
            is_simulated: source == Source::Simulated,
            credit: credit(source),
            run_at: shown(forecast.run),
            fetched_at: shown(forecast.fetched),
            checked_at: shown(forecast.checked),
            age: match shown_forecast.age {
                Age::Fresh => "fresh",
                Age::Old(_) | Age::TooOld(_) => "old",
            },
            warnings: WarningsView {
                are_included: false,
                are_at: shown_forecast.warnings,
            },
            height,
            square: SquareView::from(forecast.cell),
            sun: SunView::from(shown_forecast.sun),
            ends_at: shown(shown_forecast.known_to),
            rows: shown_forecast.rows.into_iter().map(ForecastRow::from).collect(),
        }
    }
}

impl ForecastPlace {
    fn of(place: Place, is_of_route: bool) -> Self {
        Self {
            code: is_of_route.then_some(place.label),
            name: is_of_route.then_some(place.name),
            latitude: degrees(place.latitude),
            longitude: degrees(place.longitude),
            height_m: place.height.map(Metres::whole),
            is_position_checked: place.is_checked,
        }
    }
}

impl HeightView {
    fn of(forecast: &ShownForecast) -> Self {
        let ground = forecast.forecast.ground;
        let (moves, to) = (forecast.moves, forecast.moves.map(|(_, to)| to));
        Self {
            ground_m: ground.map(Metres::whole),
            temperatures_at_m: to.or(ground).map(Metres::whole),
            temperatures_are_moved: moves.is_some_and(|(from, to)| from != to),
            wind_is_of_free_air_too: forecast.uses_free_air,
            ridges_have_more_wind: forecast.lacks_free_air,
        }
    }
}

impl From<Cell> for SquareView {
    fn from(cell: Cell) -> Self {
        let (latitude, longitude) = cell.centre();
        Self {
            latitude,
            longitude,
            side_degrees: 0.05,
        }
    }
}

impl From<Sun> for SunView {
    fn from(sun: Sun) -> Self {
        let (state, times) = match sun {
            Sun::Rises { rise, set } => ("rises", Some((rise, set))),
            Sun::StaysUp => ("stays_up", None),
            Sun::StaysDown => ("stays_down", None),
        };
        Self {
            state,
            rises_at: times.map(|(rise, _)| shown(rise)),
            sets_at: times.map(|(_, set)| shown(set)),
        }
    }
}

impl From<Stretch> for ForecastRow {
    fn from(row: Stretch) -> Self {
        let celsius = |air: Celsius| f64::from(air.tenths()) / 10.0;
        let (cloud, zero) = (row.cloud, row.zero);
        Self {
            from: shown(row.from),
            to: shown(row.to),
            temperature_low_c: row.air.map(|(low, _)| celsius(low)),
            temperature_high_c: row.air.map(|(_, high)| celsius(high)),
            feels_low_c: row.feels.map(celsius),
            wind_kmh: row.wind.map(Kmh::whole),
            wind_from_degrees: row.direction.map(Degrees::whole),
            gust_kmh: row.gust.map(Kmh::whole),
            rain_mm: row.water.map(|water: TenthMm| f64::from(water.tenths()) / 10.0),
            rain_chance_percent: row.chance.map(Percent::whole),
            low_cloud_least_percent: cloud.map(|(least, _)| least.whole()),
            low_cloud_most_percent: cloud.map(|(_, most)| most.whole()),
            zero_level_low_m: zero.map(|(low, _)| low.whole()),
            zero_level_high_m: zero.map(|(_, high)| high.whole()),
            can_be_snow: row.can_be_snow(),
            is_partial: row.is_partial,
        }
    }
}
