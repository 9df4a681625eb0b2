//! Forecasts that are kept. Their hours are read out of JSON once a version, and not once a question.

use std::sync::Arc;

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
    delete, insert_into,
};
use thunderbird_domain::{
    forecast::{Cell, Forecast, Hour, Source},
    time::Timestamp,
};

use super::{
    super::{
        Connection, ForecastHours,
        column::{instant, optional_instant},
        schema::forecasts,
    },
    words::{self, cell, index, metres},
};

/// Two versions of one run that were fetched within this time by clocks that differ could seem to be fetched at once.
const CLOCK_DIFFERENCE: i64 = 1_000_000;

/// Everything that is kept of a forecast but its hours.
#[derive(Queryable)]
struct HeadRow {
    lat: i64,
    lon: i64,
    source: String,
    run_at: i64,
    fetched_at: i64,
    checked_at: i64,
    expires_at: Option<i64>,
    tag: Option<String>,
    ground: Option<i64>,
}

/// The columns of a [`HeadRow`].
macro_rules! head {
    () => {
        (
            forecasts::lat,
            forecasts::lon,
            forecasts::source,
            forecasts::run_at,
            forecasts::fetched_at,
            forecasts::checked_at,
            forecasts::expires_at,
            forecasts::tag,
            forecasts::ground,
        )
    };
}

impl HeadRow {
    fn cell(&self) -> Cell {
        cell(self.lat, self.lon)
    }

    fn version(&self) -> (i64, i64) {
        (self.run_at, self.fetched_at)
    }

    /// The forecast; nothing if its provider is not known to this program.
    fn with(self, hours: Arc<[Hour]>) -> Option<Forecast> {
        Some(Forecast {
            cell: self.cell(),
            source: Source::parse(&self.source)?,
            run: instant(self.run_at),
            fetched: instant(self.fetched_at),
            checked: instant(self.checked_at),
            expires: optional_instant(self.expires_at),
            tag: self.tag,
            ground: self.ground.and_then(metres),
            hours,
        })
    }
}

/// Every forecast of these cells, by cell and provider.
pub(super) fn of_cells(
    connection: &mut Connection,
    cells: &[Cell],
    known: &ForecastHours,
) -> QueryResult<Vec<Forecast>> {
    let mut found = Vec::new();
    let mut unread = Vec::new();
    for head in heads(connection, cells)? {
        let Some(source) = Source::parse(&head.source) else {
            continue;
        };
        match known.find((head.cell(), source), head.version()) {
            Some(hours) => found.extend(head.with(hours)),
            None => unread.push((head.cell(), source)),
        }
    }
    for (cell, source) in unread {
        found.extend(whole(connection, (cell, source), known)?);
    }
    found.sort_by_key(|forecast| (forecast.cell, forecast.source));
    Ok(found)
}

/// What is kept for these cells, without hours: those lie behind everything else in a row, and are not read from the disk.
fn heads(connection: &mut Connection, cells: &[Cell]) -> QueryResult<Vec<HeadRow>> {
    // A statement for one cell is prepared once; one for a list is prepared each time.
    if let [one] = cells {
        let (lat, lon) = index(*one);
        return forecasts::table
            .filter(forecasts::lat.eq(lat))
            .filter(forecasts::lon.eq(lon))
            .select(head!())
            .load(connection);
    }
    let (lats, lons): (Vec<i64>, Vec<i64>) = cells.iter().map(|cell| index(*cell)).unzip();
    let rows: Vec<HeadRow> = forecasts::table
        .filter(forecasts::lat.eq_any(lats))
        .filter(forecasts::lon.eq_any(lons))
        .select(head!())
        .load(connection)?;
    let wanted = rows.into_iter().filter(|row| cells.contains(&row.cell()));
    Ok(wanted.collect())
}

/// One forecast with its hours, which are kept. The row is read whole, because it may have been replaced since its head was
/// read. Nothing is found if the hours cannot be read: the forecast is then fetched again.
fn whole(
    connection: &mut Connection,
    (cell, source): (Cell, Source),
    known: &ForecastHours,
) -> QueryResult<Option<Forecast>> {
    let (lat, lon) = index(cell);
    let row: Option<(HeadRow, String)> = forecasts::table
        .find((lat, lon, source.as_str()))
        .select((head!(), forecasts::hours))
        .first(connection)
        .optional()?;
    let read = row.and_then(|(head, hours)| {
        let hours: Arc<[Hour]> = words::read_hours(&hours)?.into();
        known.keep((cell, source), head.version(), Arc::clone(&hours));
        head.with(hours)
    });
    Ok(read)
}

/// The forecasts of the newest runs, without their hours.
pub(super) fn newest(connection: &mut Connection, limit: u32) -> QueryResult<Vec<Forecast>> {
    let rows: Vec<HeadRow> = forecasts::table
        .order(forecasts::run_at.desc())
        .limit(limit.into())
        .select(head!())
        .load(connection)?;
    Ok(rows
        .into_iter()
        .filter_map(|head| head.with(Arc::default()))
        .collect())
}

/// Keeps a forecast in place of an earlier one. Two versions of one run differ in when they were fetched, because that
/// tells which hours are known already.
pub(super) fn put(connection: &mut Connection, forecast: &Forecast) -> QueryResult<()> {
    let (lat, lon) = index(forecast.cell);
    let key = (lat, lon, forecast.source.as_str());
    let known: Option<(i64, i64)> = forecasts::table
        .find(key)
        .select((forecasts::run_at, forecasts::fetched_at))
        .first(connection)
        .optional()?;
    let run = forecast.run.as_micros();
    let mut fetched = forecast.fetched.as_micros();
    if let Some((known_run, known_fetched)) = known {
        if known_run > run {
            return Ok(());
        }
        if known_run == run && (0..CLOCK_DIFFERENCE).contains(&known_fetched.saturating_sub(fetched)) {
            fetched = known_fetched.saturating_add(1);
        }
    }
    delete(forecasts::table.find(key)).execute(connection)?;
    let row = (
        forecasts::lat.eq(lat),
        forecasts::lon.eq(lon),
        forecasts::source.eq(forecast.source.as_str()),
        forecasts::run_at.eq(run),
        forecasts::fetched_at.eq(fetched),
        forecasts::checked_at.eq(forecast.checked.as_micros()),
        forecasts::expires_at.eq(forecast.expires.map(Timestamp::as_micros)),
        forecasts::tag.eq(forecast.tag.as_deref()),
        forecasts::ground.eq(forecast.ground.map(|ground| i64::from(ground.whole()))),
        forecasts::hours.eq(words::of_hours(&forecast.hours)),
    );
    insert_into(forecasts::table)
        .values(row)
        .execute(connection)
        .map(|_| ())
}
