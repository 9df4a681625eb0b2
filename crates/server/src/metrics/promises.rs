//! What is shown of promises.

use thunderbird_domain::deadline::{
    How, Survey,
    counts::{Counts, Histogram, When},
};

use super::exposition::Exposition;
use crate::http::health::rounds::RoundFigures;

impl Exposition {
    pub(super) fn counts(&mut self, counts: &Counts) {
        let help = "Promises that were set, by how.";
        self.family("deadlines_set_total", "counter", help);
        for by in ["text", "late", "web"] {
            let count = counts.set.get(by).copied().unwrap_or_default();
            self.sample("deadlines_set_total", &[("by", by)], count);
        }
        let help = "Promises that were closed, by how, and whether before their time or before the contacts were alerted.";
        self.family("deadlines_closed_total", "counter", help);
        for (how, when) in How::ALL
            .into_iter()
            .flat_map(|how| When::ALL.map(|when| (how, when)))
        {
            let (how, when) = (how.as_str(), when.as_str());
            let count = counts.closed.get(&(how, when)).copied().unwrap_or_default();
            let labels = [("how", how), ("when", when)];
            self.sample("deadlines_closed_total", &labels, count);
        }
        let help = "How long after they were due the stages of promises fired.";
        self.histogram("deadline_stage_lateness_seconds", help, &counts.lateness);
        let help = "How long after the first alert a contact was the first to reply ACTING.";
        self.histogram("alarm_claim_seconds", help, &counts.claims);
        let help = "Texts OUT and LATE that set no time, by reason.";
        self.family("deadline_texts_refused_total", "counter", help);
        for ((verb, reason), count) in &counts.refused {
            let labels = [("verb", *verb), ("reason", *reason)];
            self.sample("deadline_texts_refused_total", &labels, count);
        }
        let help = "Texts of hikers who are asked that are no command, so that they end nothing.";
        self.single("deadline_near_misses_total", "counter", help, counts.near_misses);
        let help = "Words that end all our texts, of hikers whose time is watched.";
        self.family("deadline_carrier_words_total", "counter", help);
        for (word, count) in &counts.carrier_words {
            self.sample("deadline_carrier_words_total", &[("word", *word)], count);
        }
    }

    fn histogram<const BOUNDS: usize>(&mut self, name: &str, help: &str, histogram: &Histogram<BOUNDS>) {
        self.family(name, "histogram", help);
        let bucket = format!("{name}_bucket");
        let mut within = 0;
        for (bound, count) in histogram.bounds.iter().zip(histogram.within) {
            within += count;
            let bound = bound.to_string();
            self.sample(&bucket, &[("le", &bound)], within);
        }
        self.sample(&bucket, &[("le", "+Inf")], histogram.count);
        let sum = histogram.sum.as_secs_f64();
        self.sample(&format!("{name}_sum"), &[], sum);
        self.sample(&format!("{name}_count"), &[], histogram.count);
    }

    pub(super) fn rounds(&mut self, figures: RoundFigures) {
        let help = "Signs of life for the watchdog outside: heard, unheard, or withheld because a stage is late or a round failed.";
        self.family("watchdog_pings_total", "counter", help);
        for (outcome, count) in [
            ("heard", figures.heard),
            ("unheard", figures.unheard),
            ("withheld", figures.withheld),
        ] {
            self.sample("watchdog_pings_total", &[("outcome", outcome)], count);
        }
    }

    pub(super) fn survey(&mut self, survey: &Survey) {
        let help = "Open alarms of which no alert has reached a contact, 15 minutes after the first or when all have failed.";
        self.single("alarms_unreached", "gauge", help, survey.unreached.len());
        let help = "Contacts of open alarms whom no alert has reached, counted in the same way.";
        let contacts = survey.unreached_contacts;
        self.single("alarm_contacts_unreached", "gauge", help, contacts);
        let help = "Open alarms that no contact deals with, an hour after the first alert.";
        self.single("alarms_unclaimed", "gauge", help, survey.unclaimed.len());
        let help = "Open promises of hikers whose numbers have opted out of our texts.";
        self.single("promises_hiker_stopped", "gauge", help, survey.stopped);
        let help = "Open promises without a contact, or with contacts who have all opted out.";
        let without = survey.without_contact;
        self.single("promises_without_contact", "gauge", help, without);
        let help = "Open promises with a contact who has replied READY and has not opted out.";
        self.single("promises_with_ready_contact", "gauge", help, survey.with_ready);
        let help = "Texts, calls and mails to contacts about alarms that are open or ended in the last seven days, whose end is neither known nor to come. It must be 0.";
        self.single("alarm_rows_unaccounted", "gauge", help, survey.unaccounted);
        let help = "Texts to contacts about the alarms of the last 24 hours, by whether they have arrived, counted from queueing.";
        self.family("alarm_texts_last_day", "gauge", help);
        let arrivals = survey.arrivals;
        for (arrived, count) in [
            ("within_5_minutes", arrivals.soon),
            ("later", arrivals.late),
            ("not_yet", arrivals.pending),
            ("never", arrivals.never),
        ] {
            self.sample("alarm_texts_last_day", &[("arrived", arrived)], count);
        }
    }
}

#[cfg(test)]
mod tests {
    use thunderbird_domain::{
        deadline::{Arrivals, Unclaimed},
        id::DeadlineId,
    };

    use super::*;

    #[test]
    fn each_trouble_has_a_figure_of_its_own() {
        let survey = Survey {
            unreached: vec![DeadlineId::from_stored(7)],
            unreached_contacts: 2,
            unclaimed: [1, 2, 3]
                .map(|id| Unclaimed {
                    alarm: DeadlineId::from_stored(id),
                    claims: 0,
                })
                .to_vec(),
            stopped: 4,
            without_contact: 5,
            with_ready: 6,
            arrivals: Arrivals {
                soon: 7,
                late: 8,
                pending: 9,
                never: 10,
            },
            unaccounted: 11,
        };
        let mut exposition = Exposition::default();
        exposition.survey(&survey);
        let text = exposition.into_text();
        for line in [
            "thunderbird_alarms_unreached 1",
            "thunderbird_alarm_contacts_unreached 2",
            "thunderbird_alarms_unclaimed 3",
            "thunderbird_promises_hiker_stopped 4",
            "thunderbird_promises_without_contact 5",
            "thunderbird_promises_with_ready_contact 6",
            "thunderbird_alarm_texts_last_day{arrived=\"within_5_minutes\"} 7",
            "thunderbird_alarm_texts_last_day{arrived=\"later\"} 8",
            "thunderbird_alarm_texts_last_day{arrived=\"not_yet\"} 9",
            "thunderbird_alarm_texts_last_day{arrived=\"never\"} 10",
            "thunderbird_alarm_rows_unaccounted 11",
        ] {
            assert!(text.lines().any(|written| written == line), "{line}\n{text}");
        }
    }
}
