//! Forecasts of cells, cells to fetch, and questions that wait.

mod copies;
mod orders;
mod words;

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, Queryable, RunQueryDsl as _,
    delete, insert_into, update,
};
use thunderbird_domain::{
    forecast::{
        Answered, Cell, CellOrder, Forecast, ForecastOrder, ForecastRequest, ForecastStore, Ordered, Source,
    },
    id::UserId,
    outgoing::{Outgoing, OutgoingText},
    phone_number::PhoneNumber,
    port::PortFuture,
    random::Tag,
    route::RouteId,
    time::Timestamp,
};

use self::words::index;
use super::{
    Connection, Key, Keys, Store, Unkeyed,
    column::{self, instant},
    opt_out, outgoing,
    schema::{forecast_orders, forecast_requests, forecasts, users},
};

const PORT: &str = "forecast store";

/// The queue of cells, of which each caller takes another one.
const QUEUE: Key<'_> = Key::Queue("forecasts");

/// Forecasts and questions that one commit forgets.
const AT_ONCE: i64 = 100;

impl ForecastStore for Store {
    fn copies(&self, cells: Vec<Cell>) -> PortFuture<'_, Vec<Forecast>> {
        let known = self.forecast_hours();
        self.read_here(PORT, move |connection| {
            copies::of_cells(connection, &cells, &known)
        })
    }

    fn put(&self, forecast: Forecast) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::on([QUEUE]), move |connection| {
            Ok(copies::put(connection, &forecast)?)
        })
    }

    fn checked(
        &self,
        cell: Cell,
        source: Source,
        (at, expires): (Timestamp, Option<Timestamp>),
    ) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::OneStatement), move |connection| {
            let (lat, lon) = index(cell);
            update(forecasts::table.find((lat, lon, source.as_str())))
                .set((
                    forecasts::checked_at.eq(at.as_micros()),
                    forecasts::expires_at.eq(expires.map(Timestamp::as_micros)),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    fn kept(&self, limit: u32) -> PortFuture<'_, Vec<Forecast>> {
        self.read(PORT, move |connection| copies::newest(connection, limit))
    }

    fn order(&self, cells: Vec<CellOrder>, at: Timestamp) -> PortFuture<'_, usize> {
        self.transact(PORT, Keys::on([QUEUE]), move |connection| {
            Ok(orders::order(connection, &cells, false, at)?)
        })
    }

    fn ordered(&self, limit: u32) -> PortFuture<'_, Vec<Ordered>> {
        self.read(PORT, move |connection| orders::ordered(connection, limit))
    }

    fn take(&self, now: Timestamp, until: Timestamp) -> PortFuture<'_, Option<CellOrder>> {
        self.transact(PORT, Keys::on([QUEUE]), move |connection| {
            Ok(orders::take(connection, now, until)?)
        })
    }

    fn settle(&self, cell: Cell, again_at: Option<Timestamp>) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::OneStatement), move |connection| {
            let (lat, lon) = index(cell);
            let row = forecast_orders::table.find((lat, lon));
            match again_at {
                None => delete(row).execute(connection)?,
                Some(at) => update(row)
                    .set(forecast_orders::again_at.eq(at.as_micros()))
                    .execute(connection)?,
            };
            Ok(())
        })
    }

    fn waiting(&self, limit: u32) -> PortFuture<'_, Vec<ForecastRequest>> {
        self.read(PORT, move |connection| {
            let rows: Vec<RequestRow> = forecast_requests::table
                .order((forecast_requests::due_at, forecast_requests::tag))
                .limit(limit.into())
                .load(connection)?;
            // One that cannot be read keeps no other from its answer; it is forgotten with the old ones.
            let read = |row: RequestRow| row.read().inspect_err(words::complain).ok();
            Ok(rows.into_iter().filter_map(read).collect())
        })
    }

    fn answer(&self, tag: Tag, texts: Vec<OutgoingText>, at: Timestamp) -> PortFuture<'_, Answered> {
        let phones = texts.iter().map(|text| Key::Phone(text.to.as_str()));
        let keys = Keys::on(phones);
        self.transact(PORT, keys, move |connection| {
            Ok(answer(connection, tag, &texts, at)?)
        })
    }

    fn walked(&self) -> PortFuture<'_, Vec<RouteId>> {
        Box::pin(async move {
            let ids = self.routes_in_use().await?;
            Ok(ids.into_iter().map(RouteId::from_stored).collect())
        })
    }

    fn prune(&self, before: Timestamp) -> PortFuture<'_, usize> {
        self.transact(PORT, Keys::on([QUEUE]), move |connection| {
            Ok(prune(connection, before)?)
        })
    }
}

/// Stores what a text makes us fetch, in the commit of the text.
pub(crate) fn apply(connection: &mut Connection, wanted: &ForecastOrder, at: Timestamp) -> QueryResult<()> {
    if let Some(request) = &wanted.request {
        let row = (
            forecast_requests::tag.eq(request.tag.as_bytes().as_slice()),
            forecast_requests::user_id.eq(request.user.get()),
            forecast_requests::phone.eq(request.phone.as_str()),
            forecast_requests::asked.eq(words::of_asked(&request.asked)),
            forecast_requests::asked_at.eq(request.asked_at.as_micros()),
            forecast_requests::due_at.eq(request.due_at.as_micros()),
        );
        insert_into(forecast_requests::table)
            .values(row)
            .execute(connection)?;
    }
    orders::order(connection, &wanted.cells, wanted.request.is_some(), at).map(drop)
}

#[derive(Queryable)]
struct RequestRow {
    tag: Vec<u8>,
    user_id: i64,
    phone: String,
    asked: String,
    asked_at: i64,
    due_at: i64,
}

impl RequestRow {
    fn read(self) -> QueryResult<ForecastRequest> {
        let row = self.user_id;
        let asked = words::read_asked(&self.asked);
        Ok(ForecastRequest {
            tag: column::tag(&self.tag, "forecast_requests.tag", row)?,
            user: UserId::from_stored(row),
            phone: column::phone(&self.phone, "forecast_requests.phone", row)?,
            asked: asked.ok_or_else(|| column::corrupt("forecast_requests.asked", row))?,
            asked_at: instant(self.asked_at),
            due_at: instant(self.due_at),
        })
    }
}

fn answer(
    connection: &mut Connection,
    tag: Tag,
    texts: &[OutgoingText],
    at: Timestamp,
) -> QueryResult<Answered> {
    let tag = tag.as_bytes().as_slice();
    let row = forecast_requests::table.find(tag);
    let who: Option<(i64, String)> = row
        .select((forecast_requests::user_id, forecast_requests::phone))
        .first(connection)
        .optional()?;
    let Some((user, phone)) = who else {
        return Ok(Answered::Before);
    };
    if delete(forecast_requests::table.find(tag)).execute(connection)? == 0 {
        return Ok(Answered::Before);
    }
    let phone: PhoneNumber = column::phone(&phone, "forecast_requests.phone", user)?;
    let still: Option<i64> = users::table
        .filter(users::id.eq(user))
        .filter(users::phone.eq(phone.as_str()))
        .filter(users::ended_at.is_null())
        .select(users::id)
        .first(connection)
        .optional()?;
    if still.is_none() || opt_out::stands(connection, &phone)? {
        return Ok(Answered::Withheld);
    }
    let texts: Vec<Outgoing> = texts.iter().cloned().map(Outgoing::Text).collect();
    outgoing::queue(connection, &texts, None, at)?;
    Ok(Answered::Queued)
}

fn prune(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let before = before.as_micros();
    let old: Vec<(i64, i64, String)> = forecasts::table
        .filter(forecasts::run_at.lt(before))
        .order(forecasts::run_at)
        .limit(AT_ONCE)
        .select((forecasts::lat, forecasts::lon, forecasts::source))
        .load(connection)?;
    let mut gone = 0;
    for key in old {
        gone += delete(forecasts::table.find(key)).execute(connection)?;
    }
    let forgotten: Vec<Vec<u8>> = forecast_requests::table
        .filter(forecast_requests::due_at.lt(before))
        .order(forecast_requests::due_at)
        .limit(AT_ONCE)
        .select(forecast_requests::tag)
        .load(connection)?;
    for tag in forgotten {
        gone += delete(forecast_requests::table.find(tag)).execute(connection)?;
    }
    let idle: Vec<(i64, i64)> = forecast_orders::table
        .filter(forecast_orders::ordered_at.lt(before))
        .order((forecast_orders::lat, forecast_orders::lon))
        .limit(AT_ONCE)
        .select((forecast_orders::lat, forecast_orders::lon))
        .load(connection)?;
    for key in idle {
        gone += delete(forecast_orders::table.find(key)).execute(connection)?;
    }
    Ok(gone)
}
