//! Prometheus' text format (version 0.0.4).

use std::fmt::{Display, Write as _};

use thunderbird_adapters::{crypto::hash_pool::HashLoad, store::StoreStatistics};
use thunderbird_domain::{
    forecast::Outcomes, health::StoreFigures, refusals, time::Timestamp, voice::counts as calls,
};

use super::{Counters, Metrics, STATUSES};
use crate::{
    http::{
        health::{clock::ClockFigures, hearing::HearingFigures},
        row::Guard,
    },
    limits,
};

/// The document while it is written.
#[derive(Default)]
pub(super) struct Exposition(String);

impl Exposition {
    pub(super) fn into_text(self) -> String {
        self.0
    }

    pub(super) fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(
            self.0,
            "# HELP thunderbird_{name} {help}\n# TYPE thunderbird_{name} {kind}"
        );
    }

    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let _ = write!(self.0, "thunderbird_{name}");
        for (place, (label, text)) in labels.iter().enumerate() {
            let open = if place == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{open}{label}=\"{text}\"");
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{close} {value}");
    }

    pub(super) fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    pub(super) fn requests(&mut self, metrics: &Metrics) {
        let all: Vec<&Counters> = metrics.rows.iter().chain([&metrics.nowhere]).collect();
        self.family(
            "http_requests_total",
            "counter",
            "Answers by method, route and status.",
        );
        for counters in &all {
            for (status, count) in STATUSES.iter().zip(&counters.statuses) {
                let count = count.load(std::sync::atomic::Ordering::Relaxed);
                if count > 0 {
                    let status = if *status == 0 {
                        "other".to_owned()
                    } else {
                        status.to_string()
                    };
                    let labels = [
                        ("method", counters.method.as_str()),
                        ("route", counters.path),
                        ("status", &status),
                    ];
                    self.sample("http_requests_total", &labels, count);
                }
            }
        }
        self.family(
            "http_request_seconds",
            "summary",
            "Time from the request's head to the answer.",
        );
        for counters in all.iter().filter(|counters| counters.total() > 0) {
            let labels = [("method", counters.method.as_str()), ("route", counters.path)];
            let micros = counters.micros.load(std::sync::atomic::Ordering::Relaxed);
            self.sample("http_request_seconds_sum", &labels, seconds(micros));
            self.sample("http_request_seconds_count", &labels, counters.total());
        }
        let refused = all.iter().filter(|counters| counters.guard == Guard::Twilio);
        let refused: u64 = refused.map(|counters| counters.with(403)).sum();
        self.single(
            "signature_refusals_total",
            "counter",
            "Webhooks whose signature was missing or wrong.",
            refused,
        );
        let throttled: u64 = all.iter().map(|counters| counters.with(429)).sum();
        self.single(
            "throttle_hits_total",
            "counter",
            "Requests refused because of a limit (429).",
            throttled,
        );
    }

    pub(super) fn hashing(&mut self, load: HashLoad) {
        let help = "Password hashes that wait for a thread.";
        self.single("hash_waiting", "gauge", help, load.waiting);
        let help = "Password hashes that may wait before the next is refused.";
        self.single("hash_capacity", "gauge", help, load.capacity);
        let help = "Password hashes refused because too many wait: sign-ins and registrations answered 503.";
        self.single("hash_refused_total", "counter", help, load.refused);
    }

    pub(super) fn writer(&mut self, writer: StoreStatistics) {
        let help = "Writes that wait or run.";
        self.single("store_writes_waiting", "gauge", help, writer.waiting);
        self.single("store_writes_total", "counter", "Writes committed.", writer.jobs);
        self.single(
            "store_commits_total",
            "counter",
            "Batches committed.",
            writer.batches,
        );
        let help = "Batches that could not be committed.";
        self.single(
            "store_commits_failed_total",
            "counter",
            help,
            writer.failed_batches,
        );
        let help = "Writes in the newest batch.";
        self.single("store_batch_size", "gauge", help, writer.last_batch);
        let help = "Time spent in COMMIT.";
        let spent = seconds(writer.commit_micros);
        self.single("store_commit_seconds_total", "counter", help, spent);
    }

    pub(super) fn limits(&mut self, texts_per_day: u32) {
        let help = "Texts that may be sent in a day: a hard stop for everything but alarms.";
        self.single("texts_of_day_limit", "gauge", help, texts_per_day);
    }

    pub(super) fn refusals(&mut self) {
        let help = "How often each limit of docs/limits.md has refused.";
        self.family("limit_refused_total", "counter", help);
        for limit in limits::that_refuse() {
            self.sample("limit_refused_total", &[("limit", limit)], refusals::of(limit));
        }
    }

    pub(super) fn calls(&mut self) {
        let help = "Calls to contacts: what became of placing them, what the provider reports, and which keys were pressed.";
        self.family("calls_total", "counter", help);
        for event in calls::Event::all() {
            self.sample("calls_total", &[("event", event.as_str())], calls::of(event));
        }
    }

    pub(super) fn forecasts(&mut self, outcomes: &Outcomes, now: Timestamp) {
        let help = "Fetches of forecasts by provider and what became of them.";
        self.family("forecast_fetches_total", "counter", help);
        for (source, outcome, count) in outcomes.counted() {
            let labels = [("provider", source.as_str()), ("outcome", outcome)];
            self.sample("forecast_fetches_total", &labels, count);
        }
        let help = "Values of forecasts that the weather cannot have, and that were left out.";
        let impossible = outcomes.impossible();
        self.single("forecast_values_left_out_total", "counter", help, impossible);
        let help = "Questions that wait for a forecast.";
        self.single("forecast_questions_waiting", "gauge", help, outcomes.waiting());
        let help = "Time since the oldest usable forecast of walked routes was confirmed.";
        self.family("forecast_oldest_age_seconds", "gauge", help);
        if let Some(oldest) = outcomes.oldest() {
            self.sample("forecast_oldest_age_seconds", &[], now.since(oldest).as_secs());
        }
    }

    pub(super) fn hearing(&mut self, figures: HearingFigures) {
        let help = "Readings of the provider's list of received texts.";
        self.family("text_fetches_total", "counter", help);
        for (outcome, count) in [("whole", figures.whole), ("failed", figures.failed)] {
            self.sample("text_fetches_total", &[("outcome", outcome)], count);
        }
        let help = "Texts that no webhook brought and that were fetched.";
        self.single("texts_fetched_total", "counter", help, figures.fetched);
        let help = "Entries of the list that could not be read as texts.";
        self.single("texts_unreadable_total", "counter", help, figures.unreadable);
        let help = "By how much the latest of the newest fetched texts was late.";
        self.single("text_fetch_lag_seconds", "gauge", help, figures.lag_seconds);
        let help = "Time since the list was last read whole.";
        self.single("text_fetch_age_seconds", "gauge", help, figures.age_seconds);
        let help = "1 while alerts to contacts are held because texts may be missing.";
        let holding = u8::from(figures.is_holding);
        self.single("alerts_held_for_texts", "gauge", help, holding);
    }

    pub(super) fn clock(&mut self, figures: ClockFigures) {
        let help = "1 while alerts to contacts are held because the clock may be wrong.";
        let holding = u8::from(figures.is_holding);
        self.single("alerts_held_for_clock", "gauge", help, holding);
        let help = "1 while Twilio's clock shows another time than the machine's.";
        let contradicted = u8::from(figures.is_contradicted);
        self.single("clock_contradicted", "gauge", help, contradicted);
        let help = "1 while Twilio's clock shows a time that has passed, so that it is wrong by itself.";
        let wrong = u8::from(figures.is_reference_wrong);
        self.single("reference_clock_wrong", "gauge", help, wrong);
    }

    pub(super) fn store(&mut self, figures: &StoreFigures, now: Timestamp) {
        self.family(
            "texts_last_day",
            "gauge",
            "Texts of the last 24 hours by direction and state.",
        );
        for (direction, state, count) in &figures.texts_last_day {
            self.sample(
                "texts_last_day",
                &[("direction", direction), ("state", state)],
                count,
            );
        }
        self.family(
            "texts_unsent",
            "gauge",
            "Texts that still have to leave, by class.",
        );
        for unsent in &figures.unsent {
            self.sample("texts_unsent", &[("class", &unsent.class)], unsent.count);
        }
        let help = "Age of the oldest text that should have left, by class.";
        self.family("oldest_unsent_seconds", "gauge", help);
        for unsent in &figures.unsent {
            let age = now.since(unsent.oldest).as_secs_f64();
            self.sample("oldest_unsent_seconds", &[("class", &unsent.class)], age);
        }
        self.family(
            "spend_last_day",
            "gauge",
            "Price of the texts of the last 24 hours.",
        );
        for (currency, micros) in &figures.spend_last_day {
            self.sample("spend_last_day", &[("currency", currency)], decimal(*micros));
        }
        let help = "Texts sent today (UTC), as THUNDERBIRD_LIMIT_SMS_PER_DAY counts them.";
        self.single("texts_of_day", "gauge", help, figures.claimed_today);
        let help = "Promises to be out by a time and calls for help that are watched, by state.";
        self.family("promises_open", "gauge", help);
        for open in &figures.promises {
            self.sample("promises_open", &[("state", &open.state)], open.count);
        }
        let help = "Open alarms: because a hiker asked for help, or only because a time has passed.";
        self.family("alarms_open", "gauge", help);
        for open in &figures.alarms {
            self.sample("alarms_open", &[("cause", open.cause)], open.count);
        }
        let due = figures.promises.iter().filter_map(|open| open.next_due_at).min();
        let late = due.map_or(0.0, |due| now.since(due).as_secs_f64());
        let help = "By how much the oldest stage of a promise is late that should have been sent.";
        self.single("promise_stage_late_seconds", "gauge", help, late);
        if let Some(free_bytes) = figures.free_bytes {
            let help = "Space left beside the database.";
            self.single("disk_free_bytes", "gauge", help, free_bytes);
        }
    }
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn decimal(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    format!("{sign}{}", seconds(micros.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use std::time::Duration;
    use thunderbird_domain::health::{OpenAlarms, OpenPromises, Unsent};

    use super::*;
    use crate::http::{routes, row::RowIndex};

    #[test]
    fn answers_are_counted_by_route_and_status() {
        let metrics = Metrics::new(&routes::table());
        let webhook = metrics
            .rows
            .iter()
            .position(|row| row.path == "/healthz")
            .map(RowIndex);
        metrics.answered(webhook, StatusCode::OK, Duration::from_millis(1_500));
        metrics.answered(webhook, StatusCode::OK, Duration::from_micros(500_001));
        metrics.answered(None, StatusCode::NOT_FOUND, Duration::ZERO);
        metrics.answered(None, StatusCode::IM_A_TEAPOT, Duration::ZERO);
        let mut exposition = Exposition::default();
        exposition.requests(&metrics);
        let text = exposition.into_text();
        for line in [
            "thunderbird_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 2",
            "thunderbird_http_requests_total{method=\"GET\",route=\"-\",status=\"404\"} 1",
            "thunderbird_http_requests_total{method=\"GET\",route=\"-\",status=\"other\"} 1",
            "thunderbird_http_request_seconds_sum{method=\"GET\",route=\"/healthz\"} 2.000001",
            "thunderbird_signature_refusals_total 0",
        ] {
            assert!(text.lines().any(|written| written == line), "{line}\n{text}");
        }
    }

    #[test]
    fn what_waits_too_long_shows() {
        let figures = StoreFigures {
            texts_last_day: vec![("out".into(), "delivered".into(), 7)],
            unsent: vec![Unsent {
                class: "safety".into(),
                count: 2,
                oldest: Timestamp::from_micros(1_000_000),
            }],
            spend_last_day: vec![("AUD".into(), 51_500)],
            claimed_today: 9,
            promises: vec![OpenPromises {
                state: "alarmed".into(),
                count: 3,
                next_due_at: Some(Timestamp::from_micros(90_000_000)),
            }],
            alarms: vec![OpenAlarms {
                cause: "asked",
                count: 2,
            }],
            free_bytes: Some(12),
        };
        let mut exposition = Exposition::default();
        exposition.store(&figures, Timestamp::from_micros(91_500_000));
        let text = exposition.into_text();
        assert!(
            text.contains("thunderbird_oldest_unsent_seconds{class=\"safety\"} 90.5\n"),
            "{text}"
        );
        assert!(
            text.contains("thunderbird_spend_last_day{currency=\"AUD\"} 0.051500\n"),
            "{text}"
        );
        assert!(text.contains("thunderbird_texts_of_day 9\n"), "{text}");
        assert!(text.contains("thunderbird_disk_free_bytes 12\n"), "{text}");
        assert!(
            text.contains("thunderbird_promises_open{state=\"alarmed\"} 3\n"),
            "{text}"
        );
        assert!(
            text.contains("thunderbird_alarms_open{cause=\"asked\"} 2\n"),
            "{text}"
        );
        assert!(
            text.contains("thunderbird_promise_stage_late_seconds 1.5\n"),
            "{text}"
        );
        assert!(text.contains("thunderbird_texts_last_day{direction=\"out\",state=\"delivered\"} 7\n"));
    }

    #[test]
    fn every_limit_that_can_refuse_shows_before_it_has_refused() {
        let mut exposition = Exposition::default();
        exposition.refusals();
        let text = exposition.into_text();
        let shown: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(shown.len(), limits::that_refuse().count());
        for limit in limits::that_refuse() {
            let sample = format!("thunderbird_limit_refused_total{{limit=\"{limit}\"}} ");
            assert!(
                shown.iter().any(|line| line.starts_with(&sample)),
                "{limit}\n{text}"
            );
        }
        assert!(shown.len() > 40, "{text}");
    }

    #[test]
    fn a_disk_that_cannot_be_seen_has_no_sample() {
        let mut exposition = Exposition::default();
        exposition.store(&StoreFigures::default(), Timestamp::EPOCH);
        assert!(!exposition.into_text().contains("disk_free_bytes"));
    }
    #[test]
    fn the_oldest_forecast_has_an_age_as_long_as_there_is_one() {
        let (outcomes, now) = (Outcomes::default(), Timestamp::from_micros(90_000_000));
        for (oldest, sample) in [(None, None), (Some(Timestamp::EPOCH), Some("90"))] {
            outcomes.note_oldest(oldest);
            let mut exposition = Exposition::default();
            exposition.forecasts(&outcomes, now);
            let text = exposition.into_text();
            let mut lines = text.lines();
            let shown = lines.find_map(|line| line.strip_prefix("thunderbird_forecast_oldest_age_seconds "));
            assert_eq!(shown, sample, "{text}");
        }
    }
}
