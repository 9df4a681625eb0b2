//! What is shown of pages to the operator.

use std::sync::atomic::Ordering;

use thunderbird_domain::{
    outbox::state::{Ended, SendState},
    pager::PageFigure,
};

use super::exposition::Exposition;
use crate::http::app::Looks;

/// The states that a page can have.
const PAGE_STATES: [SendState; 6] = [
    SendState::Queued,
    SendState::Sending,
    SendState::Sent,
    SendState::Ended(Ended::Failed),
    SendState::Ended(Ended::Expired),
    SendState::Ended(Ended::Dead),
];

impl Exposition {
    pub(super) fn looks(&mut self, looks: &Looks) {
        let help = "Looks for what the operator is to be paged about: whole, or failed because of the store. One every two seconds is due.";
        self.family("pager_looks_total", "counter", help);
        for (outcome, count) in [("whole", &looks.whole), ("failed", &looks.failed)] {
            let count = count.load(Ordering::Relaxed);
            self.sample("pager_looks_total", &[("outcome", outcome)], count);
        }
    }

    pub(super) fn pages(&mut self, figures: &[PageFigure]) {
        let help = "Pages to the operator of the last 24 hours, by channel and state; one that waits for its time does not count. A page that waits too long or has expired reaches no operator.";
        self.family("pages_last_day", "gauge", help);
        for (by_mail, channel) in [(false, "url"), (true, "mail")] {
            for state in PAGE_STATES {
                let mut known = figures.iter();
                let known = known.find(|figure| (figure.by_mail, figure.state) == (by_mail, state));
                let labels = [("channel", channel), ("state", state.as_str())];
                self.sample("pages_last_day", &labels, known.map_or(0, |figure| figure.count));
            }
        }
    }
}
