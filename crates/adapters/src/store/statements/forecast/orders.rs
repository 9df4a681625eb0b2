//! Cells that are to be fetched.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
    insert_into, update,
};
use thunderbird_domain::{
    forecast::{CellOrder, Ordered},
    time::Timestamp,
};

use super::{
    super::{Connection, column::instant, schema::forecast_orders},
    words::{cell, index, metres},
};

/// Orders cells in ascending order, so that two writes never wait for each other. Says how many were not ordered before, of
/// those that no question waits for.
pub(super) fn order(
    connection: &mut Connection,
    cells: &[CellOrder],
    is_waited_for: bool,
    at: Timestamp,
) -> QueryResult<usize> {
    let mut cells = cells.to_vec();
    cells.sort_unstable_by_key(|order| order.cell);
    let mut new = 0;
    for order in cells {
        let (lat, lon) = index(order.cell);
        let row = (
            forecast_orders::lat.eq(lat),
            forecast_orders::lon.eq(lon),
            forecast_orders::height.eq(order.height.map(|height| i64::from(height.whole()))),
            forecast_orders::of_route.eq(order.is_of_route),
            forecast_orders::waited.eq(is_waited_for),
            forecast_orders::ordered_at.eq(at.as_micros()),
            forecast_orders::again_at.eq(at.as_micros()),
        );
        let insert = insert_into(forecast_orders::table)
            .values(row)
            .on_conflict((forecast_orders::lat, forecast_orders::lon));
        if is_waited_for {
            insert
                .do_update()
                .set(forecast_orders::waited.eq(true))
                .execute(connection)?;
        } else {
            new += insert.do_nothing().execute(connection)?;
        }
        if order.is_of_route {
            // An order for coordinates can be put off because their share is used up; one of a route has its own.
            let of_coordinates = forecast_orders::table
                .find((lat, lon))
                .filter(forecast_orders::of_route.eq(false));
            update(of_coordinates)
                .set((
                    forecast_orders::of_route.eq(true),
                    forecast_orders::again_at.eq(at.as_micros()),
                ))
                .execute(connection)?;
        }
    }
    Ok(new)
}

/// Takes the next cell that may be fetched.
pub(super) fn take(
    connection: &mut Connection,
    now: Timestamp,
    until: Timestamp,
) -> QueryResult<Option<CellOrder>> {
    let next: Option<(i64, i64, Option<i64>, bool)> = forecast_orders::table
        .filter(forecast_orders::again_at.le(now.as_micros()))
        .order((
            forecast_orders::waited.desc(),
            forecast_orders::ordered_at,
            forecast_orders::lat,
            forecast_orders::lon,
        ))
        .select((
            forecast_orders::lat,
            forecast_orders::lon,
            forecast_orders::height,
            forecast_orders::of_route,
        ))
        .first(connection)
        .optional()?;
    let Some((lat, lon, height, is_of_route)) = next else {
        return Ok(None);
    };
    update(forecast_orders::table.find((lat, lon)))
        .set(forecast_orders::again_at.eq(until.as_micros()))
        .execute(connection)?;
    Ok(Some(CellOrder {
        cell: cell(lat, lon),
        height: height.and_then(metres),
        is_of_route,
    }))
}

#[derive(Queryable)]
struct OrderRow {
    lat: i64,
    lon: i64,
    height: Option<i64>,
    of_route: bool,
    waited: bool,
    ordered_at: i64,
    again_at: i64,
}

/// Cells that wait to be fetched, in the order of their indexes.
pub(super) fn ordered(connection: &mut Connection, limit: u32) -> QueryResult<Vec<Ordered>> {
    let rows: Vec<OrderRow> = forecast_orders::table
        .order((forecast_orders::lat, forecast_orders::lon))
        .limit(limit.into())
        .load(connection)?;
    let read = |row: OrderRow| Ordered {
        order: CellOrder {
            cell: cell(row.lat, row.lon),
            height: row.height.and_then(metres),
            is_of_route: row.of_route,
        },
        is_waited_for: row.waited,
        since: instant(row.ordered_at),
        again_at: instant(row.again_at),
    };
    Ok(rows.into_iter().map(read).collect())
}
