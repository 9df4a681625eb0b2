//! `GET /admin/forecasts`: what is kept of the weather, and what is to be fetched.

use std::time::Duration;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use thunderbird_domain::{
    forecast::{Age, Cell, CellLine, Ordered, Overview, Resting},
    time::Timestamp,
};

use super::{
    frame::{self, Frame},
    view::moment,
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
};

/// A forecast that is kept, or one that no provider gave.
struct Line {
    cell: String,
    source: &'static str,
    run: String,
    checked: String,
    state: String,
    mood: &'static str,
    failure: String,
}

/// A cell that waits to be fetched.
struct Waiting {
    cell: String,
    why: &'static str,
    since: String,
    again: String,
}

/// A provider, and whether it is left alone.
struct Provider {
    name: &'static str,
    state: String,
    mood: &'static str,
}

#[derive(Template)]
#[template(path = "admin/forecasts.html")]
struct ForecastsPage {
    frame: Frame,
    is_on: bool,
    providers: Vec<Provider>,
    questions: usize,
    lines: Vec<Line>,
    waiting: Vec<Waiting>,
    has_more: bool,
}

/// Cell by cell what is kept, who rests, and what waits. It names no hiker: a forecast belongs to a square.
///
/// # Errors
///
/// As everywhere in the console.
pub async fn handle(admin: CurrentAdmin, app: Data<App>) -> Result<HttpResponse, ConsoleRefusal> {
    let frame = Frame::of(&admin, "/admin/forecasts", None);
    let overview = match &app.hiking.users.forecasts {
        Some(forecasts) => Some(forecasts.overview().await?),
        None => None,
    };
    let page = ForecastsPage::of(frame, overview, app.edge.clock.now());
    Ok(frame::page(StatusCode::OK, &page)?)
}

impl ForecastsPage {
    fn of(frame: Frame, overview: Option<Overview>, now: Timestamp) -> Self {
        let is_on = overview.is_some();
        let (mut lines, mut waiting, mut providers) = (Vec::new(), Vec::new(), Vec::new());
        let (mut questions, mut has_more) = (0, false);
        if let Some(overview) = overview {
            lines = overview.cells.iter().map(line).collect();
            waiting = overview
                .ordered
                .iter()
                .map(|ordered| waits(ordered, now))
                .collect();
            providers = overview.providers.iter().map(provider).collect();
            (questions, has_more) = (overview.questions, overview.has_more);
        }
        Self {
            frame,
            is_on,
            providers,
            questions,
            lines,
            waiting,
            has_more,
        }
    }
}

/// The middle of a cell in degrees: `-41.85 146.05`.
fn middle(cell: Cell) -> String {
    let (north, east) = cell.centre();
    format!("{north:.2} {east:.2}")
}

fn line(line: &CellLine) -> Line {
    let (state, mood) = match line.kept.as_ref().map(|(_, age)| *age) {
        Some(_) if !line.is_named => ("not shown, provider not named".to_owned(), "bad"),
        Some(Age::Fresh) => ("fresh".to_owned(), "good"),
        Some(Age::Old(age)) => (format!("old, checked {} ago", span(age)), "warn"),
        Some(Age::TooOld(age)) => (format!("not shown, {} old", span(age)), "bad"),
        None => ("none".to_owned(), "bad"),
    };
    let kept = line.kept.as_ref().map(|(forecast, _)| forecast);
    let failure = line.failure.map(|failure| {
        format!(
            "{} {}, again from {}",
            failure.outcome,
            moment(failure.at),
            moment(failure.again_at)
        )
    });
    Line {
        cell: middle(line.cell),
        source: line.source.as_str(),
        run: kept.map(|forecast| moment(forecast.run)).unwrap_or_default(),
        checked: kept.map(|forecast| moment(forecast.checked)).unwrap_or_default(),
        state,
        mood,
        failure: failure.unwrap_or_default(),
    }
}

fn waits(ordered: &Ordered, now: Timestamp) -> Waiting {
    Waiting {
        cell: middle(ordered.order.cell),
        why: match (ordered.is_waited_for, ordered.order.is_of_route) {
            (true, _) => "a question waits for it",
            (false, true) => "a route that is walked",
            (false, false) => "coordinates",
        },
        since: moment(ordered.since),
        again: if ordered.again_at <= now {
            "next".to_owned()
        } else {
            moment(ordered.again_at)
        },
    }
}

fn provider(resting: &Resting) -> Provider {
    let (state, mood) = match resting.until {
        None => ("is asked".to_owned(), "good"),
        Some(until) => (format!("left alone until {}", moment(until)), "warn"),
    };
    Provider {
        name: resting.source.as_str(),
        state,
        mood,
    }
}

/// `7 h`, below two hours `75 min`.
fn span(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    if minutes < 120 {
        format!("{minutes} min")
    } else {
        format!("{} h", minutes / 60)
    }
}
