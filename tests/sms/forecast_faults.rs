//! Each thing that a provider can do wrong, seen from a hiker's phone: a forecast whose numbers were sent, or no number.

use std::time::Duration;

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Text},
};
use thunderbird_adapters::clock::SystemClock;
use thunderbird_domain::time::Clock as _;
use thunderbird_testkit::{
    eventually,
    fake_forecast::{FakeForecast, Fault, Weather},
    service::World,
};

use crate::{BINARY, forecast::one_told, promise::count};

const SAM: &str = "+61491570006";

/// What a hiker may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    /// The truth that there is none.
    Nothing,
    /// That the newest is too old.
    TooOld,
    /// A forecast in which this stands, and this does not.
    Forecast(&'static str, &'static str),
}

/// What Open-Meteo does, and what is read of it.
const OPEN_METEO: [(Fault, Read); 30] = [
    (Fault::Status(500), Read::Nothing),
    (Fault::Status(403), Read::Nothing),
    (Fault::Status(400), Read::Nothing),
    (Fault::Overloaded, Read::Nothing),
    (Fault::TooManyInAMinute, Read::Nothing),
    (Fault::TooManyInAnHour, Read::Nothing),
    (Fault::TooManyInADay, Read::Nothing),
    (Fault::Hang, Read::Nothing),
    (Fault::SlowDrip, Read::Nothing),
    (Fault::Close, Read::Nothing),
    (Fault::ResetMidBody, Read::Nothing),
    (Fault::BrokenJson, Read::Nothing),
    (Fault::StreamError200, Read::Nothing),
    (Fault::WrongContentType, Read::Nothing),
    (Fault::EmptyBody, Read::Nothing),
    (Fault::HugeBody, Read::Nothing),
    (Fault::Redirect, Read::Nothing),
    (Fault::BareNan, Read::Nothing),
    (Fault::WrongUnits, Read::Nothing),
    (Fault::WrongCell, Read::Nothing),
    (Fault::ShortColumn, Read::Nothing),
    (Fault::UnsortedHours, Read::Nothing),
    (Fault::NoRun, Read::Nothing),
    (Fault::FutureRun, Read::Nothing),
    (Fault::OldRun, Read::TooOld),
    (Fault::NullColumn, Read::Forecast("No gusts known", "-55")),
    (Fault::UndefinedUnit, Read::Forecast("No gusts known", "-55")),
    (Fault::Gust972, Read::Forecast("W30-55", "97")),
    (Fault::Freezing100kmDown, Read::Forecast("ECMWF run", "0C level")),
    (Fault::NoFreeAir, Read::Forecast("ECMWF run", "0C level")),
];

/// The same of MET Norway, where it is another one.
const MET_NORWAY: [(Fault, Read); 3] = [
    (
        Fault::Deprecated203,
        Read::Forecast("Data from MET Norway", "Open-Meteo"),
    ),
    (Fault::NotModified, Read::Nothing),
    (Fault::WrongUnits, Read::Nothing),
];

async fn weathered(provider: &str) -> (World, FakeForecast) {
    let weather = FakeForecast::start().await;
    weather.says(Weather::at(SystemClock.now()));
    let environment = weather.environment();
    let world = World::start_with(BINARY, |builder| {
        let builder = builder
            .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
            .env("THUNDERBIRD_LIMIT_FORECASTS_PER_DAY", "1000")
            .env("THUNDERBIRD_FORECASTS", provider);
        environment
            .iter()
            .fold(builder, |builder, (name, value)| builder.env(name, value))
    })
    .await;
    (world, weather)
}

fn database(world: &World) -> SqliteConnection {
    let path = world.service.database();
    let mut database = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    database.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
    database
}

fn on_disk(world: &World, change: &str) {
    database(world).batch_execute(change).unwrap();
}

/// Asks while the provider misbehaves, and reads the later text; ten minutes pass in the file.
async fn outcome(world: &mut World, weather: &FakeForecast, fault: Fault) -> String {
    weather.misbehave(fault);
    // A new process has not heard yet how the provider has behaved.
    world.service.kill();
    on_disk(world, "DELETE FROM forecasts; DELETE FROM forecast_orders");
    world.service.start_again().await;
    let before = told_since(world, 0).map_or(0, |text| text.id);
    let asked = weather.asked().len();
    let said = world.service.text(SAM, "CAST PELIO").await.message();
    assert!(
        said.starts_with("Getting the forecast for PELIO."),
        "{fault:?}: {said}"
    );
    let settled = eventually("what became of the request", async || {
        let is_fetched = count(&world.service, "forecast_requests") == 0;
        let is_over = count(&world.service, "forecast_orders") == 0 || is_put_off(world);
        (is_fetched || (is_over && weather.asked().len() > asked)).then_some(is_fetched)
    });
    if !settled.await {
        on_disk(world, "UPDATE forecast_requests SET due_at = asked_at");
    }
    eventually("the later text", async || told_since(world, before))
        .await
        .body
}

/// A later text in the file. The gateway may have one of before the last kill a second time.
#[derive(QueryableByName)]
struct LaterText {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    body: String,
}

/// The newest later text, if it is newer than the one with this id.
fn told_since(world: &World, id: i64) -> Option<LaterText> {
    let query = "SELECT id, body FROM messages WHERE direction = 'out' AND class = 'notice' \
                 AND (body LIKE 'CAST %' OR body LIKE 'No forecast%') AND id > ? ORDER BY id DESC LIMIT 1";
    let found: Vec<LaterText> = sql_query(query)
        .bind::<BigInt, _>(id)
        .load(&mut database(world))
        .unwrap();
    found.into_iter().next()
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Whether the order waits for another attempt. While a provider is asked, it is leased for two minutes.
fn is_put_off(world: &World) -> bool {
    let query = "SELECT count(*) AS number FROM forecast_orders WHERE again_at > ordered_at \
                 AND NOT again_at - ordered_at BETWEEN 119000000 AND 121500000";
    let counted: Count = sql_query(query).get_result(&mut database(world)).unwrap();
    counted.number > 0
}

fn is_as_told(text: &str, read: Read) -> bool {
    let has_numbers = text.contains("km/h") || text.contains(", got ");
    match read {
        Read::Nothing => {
            !has_numbers && text.starts_with("No forecast for PELIO: no weather service answered.")
        }
        Read::TooOld => !has_numbers && text.contains("too old to rely on"),
        Read::Forecast(with, without) => has_numbers && text.contains(with) && !text.contains(without),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_provider_does_wrong_no_number_is_made_up() {
    for (provider, faults) in [("open-meteo", &OPEN_METEO[..]), ("met-norway", &MET_NORWAY[..])] {
        let (mut world, weather) = weathered(provider).await;
        let _sam = world.hiker(SAM).registered().await;
        let mut wrong = Vec::new();
        for (fault, read) in faults {
            let text = outcome(&mut world, &weather, *fault).await;
            if !is_as_told(&text, *read) {
                wrong.push(format!("{fault:?}: {read:?}\n{text}"));
            }
        }
        assert!(wrong.is_empty(), "{provider}\n{}", wrong.join("\n"));
    }
}

/// A run that goes back, and an `Expires` in the past.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_run_replaces_nothing_and_an_expiry_of_the_past_is_not_believed() {
    let (world, weather) = weathered("met-norway").await;
    weather.expires("Thu, 19 Nov 2020 08:10:00 GMT");
    let sam = world.hiker(SAM).registered().await;
    sam.text("CAST PELIO").await;
    let first = one_told(&world).await;
    let now = SystemClock.now();
    weather.says(Weather {
        air: 25.0,
        run: Weather::at(now).run.minus(Duration::from_hours(6)),
        ..Weather::at(now)
    });
    let three_hours = 3 * 3_600_000_000_i64;
    on_disk(
        &world,
        &format!("UPDATE forecasts SET checked_at = checked_at - {three_hours}, expires_at = NULL"),
    );
    let asked = weather.asked().len();
    let old = sam.text("CAST PELIO").await.message();
    assert!(
        old.starts_with("OLD: could not be renewed for 3h\nCAST PELIO"),
        "{old}"
    );
    eventually("another request", async || {
        (weather.asked().len() > asked).then_some(())
    })
    .await;
    eventually("the end of the order", async || {
        (count(&world.service, "forecast_orders") == 0).then_some(())
    })
    .await;
    let again = sam.text("CAST PELIO").await.message();
    // What stands behind the hours of the first row.
    let row = |text: &str| {
        let line = text.lines().find(|line| line.contains(" W"))?;
        Some(line.split_once(' ')?.1.to_owned())
    };
    assert_eq!(row(&again), row(&first), "the older run was not taken\n{again}");
    assert!(first.contains("Data from MET Norway"), "{first}");
}
