//! Numbers as they stand in a line. What is absent is `-`, and never 0.

use crate::forecast::{
    Celsius, Degrees, Kmh, Metres, Percent, TenthMm,
    stretch::{Range, Stretch},
};

/// What the answer's table has; a column that is absent throughout goes, with its legend.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own, and any mixture can be"
)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) air: bool,
    pub(super) wind: bool,
    pub(super) gust: bool,
    pub(super) water: bool,
    pub(super) chance: bool,
}

impl Columns {
    /// The columns that any of the stretches has something for.
    pub(super) fn of<'a>(stretches: &(impl Iterator<Item = &'a Stretch> + Clone)) -> Self {
        let any = |known: fn(&Stretch) -> bool| stretches.clone().any(known);
        Self {
            air: any(|row| row.air.is_some()),
            wind: any(|row| row.wind.is_some()),
            gust: any(|row| row.gust.is_some()),
            water: any(|row| row.water.is_some()),
            chance: any(|row| row.chance.is_some()),
        }
    }
}

/// Whole degrees: `4`, `-3`.
pub(super) fn celsius(air: Celsius) -> String {
    air.rounded().to_string()
}

/// `4/-1`: the lowest, and how it feels.
pub(super) fn low_and_feels(row: &Stretch) -> String {
    let Some((low, _)) = row.air else {
        return "-".to_owned();
    };
    let feels = row.feels.map_or_else(|| "-".to_owned(), celsius);
    format!("{}/{feels}", celsius(low))
}

/// `3..7`: never with a hyphen, which could be a minus.
pub(super) fn low_and_high(air: Range<Celsius>) -> String {
    air.map_or_else(
        || "-".to_owned(),
        |(low, high)| format!("{}..{}", celsius(low), celsius(high)),
    )
}

/// `W`; nothing for a calm or an unknown direction.
pub(super) fn point(direction: Option<Degrees>, speed: u16) -> &'static str {
    direction.filter(|_| speed > 0).map_or("", Degrees::point)
}

/// `W25-55`: the strongest wind and the strongest gust.
pub(super) fn wind_and_gust(row: &Stretch, columns: Columns) -> String {
    let wind = row.wind.map(Kmh::nearest_five);
    let point = point(row.direction, wind.unwrap_or_default());
    let wind = wind.map_or_else(|| "?".to_owned(), |wind| wind.to_string());
    let gust = row
        .gust
        .map_or_else(|| "?".to_owned(), |gust| gust.up_to_five().to_string());
    match (columns.gust, row.wind.is_some() || row.gust.is_some()) {
        (_, false) => "-".to_owned(),
        (true, true) => format!("{point}{wind}-{gust}"),
        (false, true) => format!("{point}{wind}"),
    }
}

/// The strongest gust as it is shown; the wind, where no gusts are known.
pub(super) fn gust_or_wind(row: &Stretch, columns: Columns) -> Option<u16> {
    if columns.gust {
        row.gust.map(Kmh::up_to_five)
    } else {
        row.wind.map(Kmh::nearest_five)
    }
}

/// Direction and speed: `SW75`.
pub(super) fn worst(row: &Stretch, columns: Columns) -> String {
    gust_or_wind(row, columns).map_or_else(
        || "-".to_owned(),
        |speed| format!("{}{speed}", point(row.direction, speed)),
    )
}

/// `0.6`, from 10 mm on without decimals.
pub(super) fn millimetres(water: TenthMm) -> String {
    let tenths = water.tenths();
    if tenths >= 100 {
        (tenths.saturating_add(5) / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// `0.6s`: with an s where it can be snow.
pub(super) fn water(row: &Stretch) -> String {
    let snow = if row.can_be_snow() { "s" } else { "" };
    row.water
        .map_or_else(|| "-".to_owned(), |water| format!("{}{snow}", millimetres(water)))
}

/// The chance: `40%`.
pub(super) fn chance(chance: Option<Percent>) -> String {
    chance.map_or_else(|| "-".to_owned(), |chance| format!("{}%", chance.whole()))
}

/// `1250-1500m`, to the nearest 50; below the sea it says so.
pub(super) fn zero_level((low, high): (Metres, Metres)) -> String {
    let fifty = |metres: Metres| (i32::from(metres.whole()) + 25).div_euclid(50) * 50;
    let (low, high) = (fifty(low), fifty(high));
    match (low < 0, high < 0) {
        (true, true) => "below 0m".to_owned(),
        (true, false) => format!("below 0 to {high}m"),
        _ if low == high => format!("{low}m"),
        _ => format!("{low}-{high}m"),
    }
}

/// `60-95%`, to the nearest 5.
pub(super) fn cloud((least, most): (Percent, Percent)) -> String {
    let five = |share: Percent| (share.whole() + 2) / 5 * 5;
    let (least, most) = (five(least), five(most));
    if least == most {
        format!("{most}%")
    } else {
        format!("{least}-{most}%")
    }
}

/// What the columns mean. Where no gusts are known, it says so.
pub(super) fn legend(air: &str, columns: Columns) -> String {
    let mut words = Vec::new();
    words.extend(columns.air.then_some(air));
    words.extend(match (columns.gust, columns.wind) {
        (true, true) => Some("wind-gust km/h"),
        (true, false) => Some("gust km/h"),
        (false, true) => Some("wind km/h"),
        (false, false) => None,
    });
    words.extend(columns.water.then_some("rain mm"));
    words.join(", ")
}

/// The legend of what stands behind a number.
pub(super) const SNOW: &str = "s: 2C or less, can be snow";
/// The same of a row that is not wholly known.
pub(super) const PARTIAL: &str = "?: not all of it is known";
/// What a forecast without gusts says of them.
pub(super) const NO_GUSTS: &str = "No gusts known";
