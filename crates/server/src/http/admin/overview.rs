//! `GET /admin`

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use thunderbird_domain::{
    admin::{Bucket, MessageState, Overview},
    outbox::state::SendState,
};

use super::{
    Named,
    frame::{self, Frame},
    view::{chart::Chart, moment},
};
use crate::http::{
    app::App,
    extract::console::{ConsoleRefusal, CurrentAdmin},
};

struct Figure {
    label: &'static str,
    value: String,
    note: String,
    mood: &'static str,
}

struct Part {
    name: &'static str,
    state: String,
    mood: &'static str,
}

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    frame: Frame,
    figures: Vec<Figure>,
    charts: Vec<Chart>,
    parts: Vec<Part>,
    simulator: bool,
}

/// What is going on.
///
/// # Errors
///
/// As everywhere in the console.
pub async fn handle(
    admin: CurrentAdmin,
    query: Query<Named>,
    app: Data<App>,
) -> Result<HttpResponse, ConsoleRefusal> {
    let overview = app.console.overview().await?;
    let page = OverviewPage {
        frame: Frame::of(&admin, "/admin", query.notice()),
        figures: figures(&overview, &app),
        charts: charts(&overview),
        parts: parts(&app).await,
        simulator: app.edge.simulator.is_some(),
    };
    Ok(frame::page(StatusCode::OK, &page)?)
}

fn charts(overview: &Overview) -> Vec<Chart> {
    vec![
        Chart::of(overview, "Texts in", "in", MessageState::is_inbound),
        Chart::of(overview, "Texts out", "out", is_outbound),
        Chart::of(overview, "Not delivered", "failed", MessageState::is_given_up),
    ]
}

fn is_outbound(state: MessageState) -> bool {
    !state.is_inbound()
}

fn figures(overview: &Overview, app: &App) -> Vec<Figure> {
    let counts = &overview.figures;
    let both = |label, selects: fn(MessageState) -> bool| Figure {
        label,
        value: counts.texts(overview.today, selects).to_string(),
        note: format!("{} this month", counts.texts(overview.month, selects)),
        mood: "",
    };
    vec![
        both("Texts in today", MessageState::is_inbound),
        both("Texts out today", is_outbound),
        segments(overview, app),
        delivery_rate(overview),
        trouble("Failures this month", counts.failures(overview.month)),
        oldest_unsent(overview),
        trouble("Dead letters", counts.dead),
        trouble("Mails not delivered", counts.failed_mails),
        Figure {
            label: "Hikers ever",
            value: counts.users.to_string(),
            note: match counts.accounts {
                1 => "1 account ever".to_owned(),
                accounts => format!("{accounts} accounts ever"),
            },
            mood: "",
        },
    ]
}

/// A figure that should be zero.
fn trouble(label: &'static str, count: u64) -> Figure {
    Figure {
        label,
        value: count.to_string(),
        note: String::new(),
        mood: if count > 0 { "bad" } else { "" },
    }
}

/// Segments of this month, and what they cost: Twilio's own figures where they are known, the configured price else.
fn segments(overview: &Overview, app: &App) -> Figure {
    let counts = &overview.figures;
    let out = |bucket: &Bucket| {
        if bucket.state.is_inbound() {
            0
        } else {
            bucket.segments
        }
    };
    Figure {
        label: "Segments out this month",
        value: counts.sum(overview.month, out).to_string(),
        note: costs(overview, app).join(", "),
        mood: "",
    }
}

/// What the segments of this month cost, one amount for each currency.
fn costs(overview: &Overview, app: &App) -> Vec<String> {
    let counts = &overview.figures;
    let unpriced = counts.sum(overview.month, |bucket| bucket.unpriced_segments);
    let mut totals: BTreeMap<String, i64> = BTreeMap::new();
    let price = app.sms.deliveries.channel.policy.segment_price;
    let estimate = price.times(u32::try_from(unpriced).unwrap_or(u32::MAX));
    totals.insert(estimate.currency.code().to_owned(), estimate.micros);
    for cost in counts.costs.iter().filter(|cost| cost.hour >= overview.month) {
        let total = totals.entry(cost.currency.clone()).or_insert(0_i64);
        *total = total.saturating_add(cost.micros);
    }
    totals
        .iter()
        .map(|(currency, micros)| amount(currency, *micros))
        .collect()
}

/// Micro-units as `AUD 12.34`, rounded up to the cent.
fn amount(currency: &str, micros: i64) -> String {
    let cents = micros.saturating_add(9_999).div_euclid(10_000);
    format!(
        "{currency} {}.{:02}",
        cents.div_euclid(100),
        cents.rem_euclid(100)
    )
}

fn delivery_rate(overview: &Overview) -> Figure {
    let is_delivered = |state| state == MessageState::Out(SendState::Delivered);
    let delivered = overview.figures.texts(overview.month, is_delivered);
    let ended = delivered.saturating_add(overview.figures.failures(overview.month));
    let value = match delivered.saturating_mul(1_000).checked_div(ended) {
        Some(rate) => format!("{}.{} %", rate / 10, rate % 10),
        None => "none yet".to_owned(),
    };
    Figure {
        label: "Delivered this month",
        value,
        note: format!("of {ended} with a known end"),
        mood: "",
    }
}

fn oldest_unsent(overview: &Overview) -> Figure {
    let (value, mood) = match overview.figures.oldest_unsent {
        None => ("none".to_owned(), ""),
        Some(at) => {
            let waited = overview.now.since(at).as_secs();
            (format!("{waited} s"), if waited > 300 { "bad" } else { "" })
        }
    };
    let note = overview
        .figures
        .oldest_unsent
        .map(|at| format!("since {}", moment(at)))
        .unwrap_or_default();
    Figure {
        label: "Oldest unsent text",
        value,
        note,
        mood,
    }
}

async fn parts(app: &App) -> Vec<Part> {
    let (state, mood) = match app.edge.store_health.check().await {
        Ok(condition) if condition.is_ready() => ("ok", "good"),
        Ok(condition) if !condition.is_in_place => ("the file was moved or deleted", "bad"),
        Ok(condition) if condition.schema_is_current => ("the disk is nearly full", "bad"),
        Ok(_) => ("the schema is not current", "bad"),
        Err(_) => ("does not answer", "bad"),
    };
    let database = Part {
        name: "Database",
        state: state.to_owned(),
        mood,
    };
    let configured = |name, state: &'static str| Part {
        name,
        state: state.to_owned(),
        mood: if state == "ok" { "good" } else { "warn" },
    };
    vec![
        database,
        configured("Texts", app.sms.upstream.state()),
        configured("Mail", app.mail.upstream.state()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_rounded_up_to_the_cent() {
        assert_eq!(amount("AUD", 51_500), "AUD 0.06");
        assert_eq!(amount("AUD", 12_340_000), "AUD 12.34");
        assert_eq!(amount("AUD", 0), "AUD 0.00");
    }
}
