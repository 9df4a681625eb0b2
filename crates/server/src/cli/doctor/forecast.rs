//! The providers of forecasts.

use std::{sync::Arc, time::Duration};

use thunderbird_adapters::{catalogue::FileCatalogue, clock::SystemClock};
use thunderbird_domain::{
    forecast::{Cell, CellOrder, Fetched, Forecast, Forecaster},
    route::RouteCatalogue as _,
    time::{Clock, Timestamp},
};

use super::finding::Findings;
use crate::{config::Config, wiring};

const LIST: &str = "THUNDERBIRD_FORECASTS";

/// Names the providers and, if `asks`, fetches the cell of the first camp from each of them.
pub async fn check(config: &Config, asks: bool, findings: &mut Findings) {
    let settings = &config.forecasts;
    if settings.sources.is_empty() {
        return findings.ok("forecasts", "none: no provider is named, and nothing is asked");
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let forecasters = match wiring::forecast::forecasters(settings, &clock) {
        Ok(forecasters) => forecasters,
        Err(fault) => return findings.problem(LIST, format!("{fault:?}")),
    };
    if !asks {
        let names: Vec<&str> = settings.sources.iter().map(|source| source.as_str()).collect();
        let list = names.join(", ");
        return findings.ok(
            "forecasts",
            format!("{list}; `doctor --forecast` asks each of them once"),
        );
    }
    let Some(order) = first_camp(config) else {
        return findings.problem(LIST, "no route has a camp to ask for");
    };
    for forecaster in &forecasters {
        ask(forecaster.as_ref(), &order, clock.now(), findings).await;
    }
}

fn first_camp(config: &Config) -> Option<CellOrder> {
    let catalogue = FileCatalogue::load(config.routes_dir.as_deref()).ok()?;
    let camp = catalogue.all().first()?.camps().next()?;
    let height = i16::try_from(camp.elevation_m).ok();
    Some(CellOrder {
        cell: Cell::of(camp.latitude, camp.longitude),
        height: height.map(thunderbird_domain::forecast::Metres::from_whole),
        is_of_route: true,
    })
}

async fn ask(forecaster: &dyn Forecaster, order: &CellOrder, now: Timestamp, findings: &mut Findings) {
    let name = forecaster.source().as_str();
    match forecaster.fetch(order, None).await {
        Ok(Fetched::New(reading)) => {
            let text = told(&reading.forecast, reading.impossible, now);
            if reading.impossible > 0 || now.since(reading.forecast.run) > Duration::from_hours(24) {
                findings.advice(name, text);
            } else {
                findings.ok(name, text);
            }
        }
        Ok(Fetched::Resting { until, why }) => {
            findings.problem(
                name,
                format!("wants to be left alone until {until} ({})", why.as_str()),
            );
        }
        Ok(Fetched::Failed(why)) => findings.problem(name, format!("gave no forecast: {}", why.as_str())),
        Ok(Fetched::Malformed(flaw)) => findings.problem(
            name,
            format!(
                "gave an answer that cannot be used ({}); see docs/forecasts.md",
                flaw.as_str()
            ),
        ),
        Ok(Fetched::NothingNewer { .. }) => {
            findings.problem(name, "says that nothing is new, and nothing is known");
        }
        Err(fault) => findings.problem(name, format!("{fault:?}")),
    }
}

/// What an operator compares with the provider's own page.
fn told(forecast: &Forecast, impossible: u32, now: Timestamp) -> String {
    let hours = forecast.hours.len();
    let ahead = forecast
        .hours
        .last()
        .map_or(0, |last| last.at.since(now).as_secs() / 3_600);
    let has = |known: fn(&thunderbird_domain::forecast::Hour) -> bool| {
        let count = forecast.hours.iter().filter(|hour| known(hour)).count();
        format!("{count}/{hours}")
    };
    let ground = forecast
        .ground
        .map_or_else(|| "unknown".to_owned(), |ground| format!("{}m", ground.whole()));
    let (north, east) = forecast.cell.centre();
    format!(
        "at {north:.2} {east:.2}: run {}, {}h ago; {ahead}h ahead; ground {ground}; of {hours} hours air {}, wind {}, gusts {}, \
         rain {}, chance {}, 0C level {}, free air {}; {impossible} impossible values",
        forecast.run,
        now.since(forecast.run).as_secs() / 3_600,
        has(|hour| hour.air.is_some()),
        has(|hour| hour.wind.is_some()),
        has(|hour| hour.gust.is_some()),
        has(|hour| hour.water.is_some()),
        has(|hour| hour.chance.is_some()),
        has(|hour| hour.zero.is_some()),
        has(|hour| !hour.profile.is_empty()),
    )
}
