//! What is shown of promises.

use thunderbird_domain::deadline::Survey;

use super::exposition::Exposition;

impl Exposition {
    pub(super) fn survey(&mut self, survey: &Survey) {
        let help = "Open alarms of which no alert has reached a contact, 15 minutes after the first or when all have failed.";
        self.single("alarms_unreached", "gauge", help, survey.unreached.len());
        let help = "Contacts of open alarms whom no alert has reached, counted in the same way.";
        let contacts = survey.unreached_contacts;
        self.single("alarm_contacts_unreached", "gauge", help, contacts);
        let help = "Open alarms that no contact deals with, an hour after the first alert.";
        self.single("alarms_unclaimed", "gauge", help, survey.unclaimed);
        let help = "Open promises of hikers whose numbers have opted out of our texts.";
        self.single("promises_hiker_stopped", "gauge", help, survey.stopped);
        let help = "Open promises without a contact, or with contacts who have all opted out.";
        let without = survey.without_contact;
        self.single("promises_without_contact", "gauge", help, without);
        let help = "Open promises with a contact who has replied READY and has not opted out.";
        self.single("promises_with_ready_contact", "gauge", help, survey.with_ready);
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
    use thunderbird_domain::{deadline::Arrivals, id::DeadlineId};

    use super::*;

    #[test]
    fn each_trouble_has_a_figure_of_its_own() {
        let survey = Survey {
            unreached: vec![DeadlineId::from_stored(7)],
            unreached_contacts: 2,
            unclaimed: 3,
            stopped: 4,
            without_contact: 5,
            with_ready: 6,
            arrivals: Arrivals {
                soon: 7,
                late: 8,
                pending: 9,
                never: 10,
            },
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
        ] {
            assert!(text.lines().any(|written| written == line), "{line}\n{text}");
        }
    }
}
