//! What every store of forecasts promises of the forecasts themselves.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    forecast::{
        Cell, Celsius, Degrees, Forecast, ForecastStore, Hour, Kmh, Level, Metres, Percent, Source, TenthMm,
    },
    time::Timestamp,
};

pub(super) const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);
pub(super) const HOUR: Duration = Duration::from_hours(1);

/// Every promise, each over an empty store.
pub(super) async fn all<S: ForecastStore>(empty: &impl AsyncFn() -> S) {
    every_value_is_read_back_and_absent_ones_stay_absent(&empty().await).await;
    a_later_run_replaces_an_earlier_one_and_never_the_other_way(&empty().await).await;
    of_two_versions_the_later_one_is_read(&empty().await).await;
    a_check_moves_the_check_and_not_the_run(&empty().await).await;
}

/// A forecast with every value, and an hour without any.
pub(super) fn forecast(cell: Cell, run: Timestamp) -> Forecast {
    let level = |height, tenths| Level {
        height: Metres::from_whole(height),
        air: Celsius::from_tenths(tenths),
        wind: Kmh::from_whole(40),
        from: Degrees::from_whole(280),
    };
    let full = Hour {
        air: Some(Celsius::from_tenths(-7)),
        wind: Some(Kmh::from_whole(25)),
        from: Some(Degrees::from_whole(270)),
        gust: Some(Kmh::from_whole(51)),
        water: Some(TenthMm::from_tenths(0)),
        chance: Some(Percent::from_whole(40)),
        low_cloud: Some(Percent::from_whole(100)),
        zero: Some(Metres::from_whole(-20)),
        profile: vec![level(500, 12), level(1_500, -40)],
        ..Hour::empty(START.plus(HOUR), 1)
    };
    Forecast {
        cell,
        source: Source::OpenMeteo,
        run,
        fetched: START,
        checked: START,
        expires: Some(START.plus(HOUR)),
        tag: Some("Thu, 19 Nov 2026 07:40:00 GMT".into()),
        ground: Some(Metres::from_whole(980)),
        hours: [full, Hour::empty(START.plus(HOUR * 4), 3)].into(),
    }
}

pub(super) fn cell(lat: i16) -> Cell {
    Cell::at(lat, 2_921)
}

async fn every_value_is_read_back_and_absent_ones_stay_absent(store: &impl ForecastStore) {
    let (one, other) = (forecast(cell(-837), START), forecast(cell(-838), START));
    let bare = Forecast {
        source: Source::MetNorway,
        expires: None,
        tag: None,
        ground: None,
        ..one.clone()
    };
    for forecast in [&one, &other, &bare] {
        store.put(forecast.clone()).await.unwrap();
    }
    let mut found = store.copies(vec![cell(-837), cell(-900)]).await.unwrap();
    found.sort_by_key(|copy| copy.source);
    assert_eq!(found, [one, bare]);
    assert_eq!(store.copies(Vec::new()).await.unwrap(), []);
}

async fn a_later_run_replaces_an_earlier_one_and_never_the_other_way(store: &impl ForecastStore) {
    let runs = [START, START.minus(HOUR * 6), START.plus(HOUR * 6)];
    for (run, kept) in runs.into_iter().zip([START, START, START.plus(HOUR * 6)]) {
        store.put(forecast(cell(-837), run)).await.unwrap();
        let found = store.copies(vec![cell(-837)]).await.unwrap();
        assert_eq!(found, [forecast(cell(-837), kept)]);
    }
}

/// Also if both are of one run and a clock that stands still says that they were fetched at once. Each is read before the next
/// one comes, because a store may keep what it has read.
async fn of_two_versions_the_later_one_is_read(store: &impl ForecastStore) {
    let (full, bare) = (
        forecast(cell(-837), START),
        Forecast {
            hours: [Hour::empty(START.plus(HOUR), 1)].into(),
            ..forecast(cell(-837), START)
        },
    );
    for version in [&full, &bare, &full, &bare] {
        store.put(version.clone()).await.unwrap();
        for _ in 0..2 {
            let found = store.copies(vec![cell(-837), cell(-838)]).await.unwrap();
            let hours = found.iter().map(|copy| Arc::clone(&copy.hours));
            assert_eq!(hours.collect::<Vec<_>>(), [Arc::clone(&version.hours)]);
        }
    }
}

async fn a_check_moves_the_check_and_not_the_run(store: &impl ForecastStore) {
    let known = forecast(cell(-837), START);
    store.put(known.clone()).await.unwrap();
    let at = START.plus(HOUR);
    store
        .checked(known.cell, Source::OpenMeteo, (at, None))
        .await
        .unwrap();
    store
        .checked(known.cell, Source::MetNorway, (at, None))
        .await
        .unwrap();
    store
        .checked(cell(-838), Source::OpenMeteo, (at, None))
        .await
        .unwrap();
    let expected = Forecast {
        checked: at,
        expires: None,
        ..known
    };
    assert_eq!(
        store.copies(vec![cell(-837), cell(-838)]).await.unwrap(),
        [expected]
    );
}
