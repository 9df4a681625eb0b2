//! What every provider of forecasts promises.

use std::time::Duration;

use thunderbird_domain::forecast::{Cell, CellOrder, Fetched, Forecast, Forecaster, Metres};
use tokio::time::Instant;

use crate::fake_forecast::Fault;

/// A provider whose other end can be looked at and told to misbehave.
pub trait ForecasterBench {
    /// Who makes it.
    fn forecaster(&self) -> &dyn Forecaster;
    /// From now on every answer has this fault, or none.
    fn misbehave(&self, fault: Option<Fault>);
    /// Everything that the other end was asked, address and headers in one line each.
    fn asked(&self) -> Vec<String>;
    /// The faults after which there must be no forecast.
    fn faults(&self) -> Vec<Fault>;
}

/// How long any answer may take.
const PATIENCE: Duration = Duration::from_secs(25);

/// Every promise of a provider; `fresh` sets up one for each.
pub async fn forecaster<B: ForecasterBench>(fresh: impl AsyncFn() -> B) {
    a_whole_answer_is_a_forecast_of_the_cell(&fresh().await).await;
    what_is_known_already_is_not_sent_again(&fresh().await).await;
    for fault in fresh().await.faults() {
        no_fault_becomes_a_number(&fresh().await, fault).await;
    }
    only_the_middle_of_the_cell_leaves(&fresh().await).await;
}

fn order() -> CellOrder {
    CellOrder {
        cell: Cell::at(-837, 2_921),
        height: Some(Metres::from_whole(739)),
        is_of_route: true,
    }
}

async fn forecast_of(bench: &impl ForecasterBench) -> Forecast {
    match bench.forecaster().fetch(&order(), None).await.unwrap() {
        Fetched::New(reading) => {
            assert_eq!(reading.impossible, 0);
            reading.forecast
        }
        other => panic!("no forecast: {other:?}"),
    }
}

async fn a_whole_answer_is_a_forecast_of_the_cell(bench: &impl ForecasterBench) {
    let forecast = forecast_of(bench).await;
    assert_eq!(
        (forecast.cell, forecast.source),
        (order().cell, bench.forecaster().source())
    );
    assert!(forecast.hours.len() > 50);
    assert!(
        forecast
            .hours
            .iter()
            .all(|hour| hour.air.is_some() && hour.wind.is_some())
    );
    assert!(forecast.hours.first().unwrap().at >= forecast.run);
}

async fn what_is_known_already_is_not_sent_again(bench: &impl ForecasterBench) {
    let have = forecast_of(bench).await;
    // A provider without a description of its runs says so by this status.
    if have.tag.is_some() {
        bench.misbehave(Some(Fault::NotModified));
    }
    let again = bench.forecaster().fetch(&order(), Some(&have)).await.unwrap();
    assert!(matches!(again, Fetched::NothingNewer { .. }), "{again:?}");
}

async fn no_fault_becomes_a_number(bench: &impl ForecasterBench, fault: Fault) {
    bench.misbehave(Some(fault));
    let began = Instant::now();
    let fetched = bench.forecaster().fetch(&order(), None).await.unwrap();
    let is_none = matches!(
        fetched,
        Fetched::Resting { .. } | Fetched::Failed(_) | Fetched::Malformed(_)
    );
    assert!(is_none, "{fault:?} became a forecast");
    assert!(began.elapsed() < PATIENCE, "{fault:?}");
    bench.misbehave(None);
    forecast_of(bench).await;
}

async fn only_the_middle_of_the_cell_leaves(bench: &impl ForecasterBench) {
    forecast_of(bench).await;
    for asked in bench.asked() {
        for word in ["PELIO", "Pelion", "+61", "overland"] {
            assert!(!asked.contains(word), "{asked}");
        }
        if asked.contains("146") {
            assert!(asked.contains("-41.85") && asked.contains("146.05"), "{asked}");
        }
    }
}
