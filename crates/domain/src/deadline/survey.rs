//! What an operator is to know about all open promises at once. Pure: what the store holds comes in.

use std::time::Duration;

use crate::{
    id::DeadlineId,
    outbox::state::{Ended, SendState},
    time::Timestamp,
};

/// How long an alert may take to arrive before the operator hears of it.
const DELIVERED_WITHIN: Duration = Duration::from_mins(15);

/// How long an alarm may be open before the operator hears that no contact deals with it.
pub(super) const CLAIMED_WITHIN: Duration = Duration::from_hours(1);

/// An alert that arrives within this time arrives soon.
const SOON: Duration = Duration::from_mins(5);

/// How far back arrivals are counted.
pub const ARRIVALS_OF: Duration = Duration::from_hours(24);

/// An alarm that is open, as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAlarm {
    /// Whose alarm it is.
    pub deadline: DeadlineId,
    /// When the first alert was queued.
    pub opened_at: Timestamp,
    /// Whether a contact deals with it.
    pub is_claimed: bool,
    /// How often a contact has begun to deal with it.
    pub claims: u8,
    /// Everybody whom an alert was queued for.
    pub contacts: Vec<Alerted>,
}

/// An open alarm that no contact deals with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unclaimed {
    /// Whose alarm it is.
    pub alarm: DeadlineId,
    /// How many claims of it have ended.
    pub claims: u8,
}

/// A contact of an open alarm, with what is known of the texts of the alarm to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alerted {
    /// When the first alert to them was queued.
    pub at: Timestamp,
    /// Whether they have said that they deal with it.
    pub has_acted: bool,
    /// Whether their phone has one of the texts.
    pub is_delivered: bool,
    /// Whether one of the texts is on its way.
    pub is_pending: bool,
}

impl Alerted {
    /// Whether the alert has not reached them: every text to them has ended without reaching them, or a quarter of an
    /// hour has passed.
    pub fn is_unreached(self, now: Timestamp) -> bool {
        let is_known = self.has_acted || self.is_delivered;
        !is_known && (!self.is_pending || self.at.plus(DELIVERED_WITHIN) <= now)
    }
}

impl OpenAlarm {
    /// Whether no contact was reached.
    pub fn is_unreached(&self, now: Timestamp) -> bool {
        self.contacts.iter().all(|contact| contact.is_unreached(now))
    }

    /// Whether no contact deals with it although an hour has passed.
    pub fn is_unclaimed(&self, now: Timestamp) -> bool {
        !self.is_claimed && self.opened_at.plus(CLAIMED_WITHIN) <= now
    }
}

/// The texts to contacts about the alarms of a day, by whether they have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arrivals {
    /// Within five minutes.
    pub soon: u64,
    /// Later than that.
    pub late: u64,
    /// Still on their way.
    pub pending: u64,
    /// Never: refused, undelivered, expired, or with a fate that is not known.
    pub never: u64,
}

impl Arrivals {
    /// Counts a text that has been in this state since so long after it was queued. One that was withheld does not count.
    pub fn note(&mut self, state: SendState, after: Duration) {
        let count = match state {
            SendState::Ended(Ended::Withheld) => return,
            SendState::Delivered if after <= SOON => &mut self.soon,
            SendState::Delivered => &mut self.late,
            SendState::Queued | SendState::Sending | SendState::Accepted | SendState::Sent => {
                &mut self.pending
            }
            SendState::Undelivered | SendState::Ended(_) | SendState::Replied => &mut self.never,
        };
        *count = count.saturating_add(1);
    }
}

/// What is to be known about all open promises at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// Alarms of which no contact was reached.
    pub unreached: Vec<DeadlineId>,
    /// Contacts of open alarms who were not reached.
    pub unreached_contacts: u64,
    /// Alarms that no contact deals with although an hour has passed.
    pub unclaimed: Vec<Unclaimed>,
    /// Promises of hikers whose numbers have opted out of our texts.
    pub stopped: u64,
    /// Promises without a contact, or with contacts who have all opted out.
    pub without_contact: u64,
    /// Promises with a contact who has agreed to be alerted and has not opted out.
    pub with_ready: u64,
    /// The texts to contacts about the alarms of the last day.
    pub arrivals: Arrivals,
    /// Rows of alarms that are open or ended in the last seven days, whose end is not known and will not come. It must be 0.
    pub unaccounted: u64,
}

impl Survey {
    /// With what is known of the open alarms.
    #[must_use]
    pub fn with_alarms(mut self, alarms: &[OpenAlarm], now: Timestamp) -> Self {
        let unreached = alarms.iter().filter(|alarm| alarm.is_unreached(now));
        self.unreached = unreached.map(|alarm| alarm.deadline).collect();
        let contacts = alarms.iter().flat_map(|alarm| &alarm.contacts);
        self.unreached_contacts = many(contacts.filter(|contact| contact.is_unreached(now)).count());
        let unclaimed = alarms.iter().filter(|alarm| alarm.is_unclaimed(now));
        let unclaimed = unclaimed.map(|alarm| Unclaimed {
            alarm: alarm.deadline,
            claims: alarm.claims,
        });
        self.unclaimed = unclaimed.collect();
        self
    }
}

fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALERTED: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

    fn contact(has_acted: bool, is_delivered: bool, is_pending: bool) -> Alerted {
        Alerted {
            at: ALERTED,
            has_acted,
            is_delivered,
            is_pending,
        }
    }

    fn alarm(contacts: &[Alerted]) -> OpenAlarm {
        OpenAlarm {
            deadline: DeadlineId::from_stored(1),
            opened_at: ALERTED,
            is_claimed: contacts.iter().any(|contact| contact.has_acted),
            claims: 0,
            contacts: contacts.to_vec(),
        }
    }

    #[test]
    fn an_alert_on_its_way_has_a_quarter_of_an_hour() {
        let pending = contact(false, false, true);
        let minutes = |minutes| ALERTED.plus(Duration::from_mins(minutes));
        assert!(!pending.is_unreached(minutes(14)));
        assert!(pending.is_unreached(minutes(15)));
        let failed = contact(false, false, false);
        assert!(failed.is_unreached(ALERTED), "it will not arrive any more");
        for known in [contact(true, false, false), contact(false, true, false)] {
            assert!(!known.is_unreached(minutes(600)));
        }
    }

    #[test]
    fn an_alarm_that_reached_one_contact_counts_the_others_only() {
        let now = ALERTED.plus(Duration::from_hours(1));
        let (reached, failed) = (contact(false, true, false), contact(false, false, false));
        let alarms = [
            alarm(&[reached, failed]),
            alarm(&[failed, failed]),
            alarm(&[]),
            alarm(&[contact(true, false, false)]),
        ];
        let survey = Survey::default().with_alarms(&alarms, now);
        assert_eq!(
            survey.unreached.len(),
            2,
            "the second, and the one without contacts"
        );
        assert_eq!((survey.unreached_contacts, survey.unclaimed.len()), (3, 3));
        let before = now.minus(Duration::from_secs(1));
        assert_eq!(Survey::default().with_alarms(&alarms, before).unclaimed, []);
    }

    #[test]
    fn five_minutes_are_soon() {
        let mut arrivals = Arrivals::default();
        let (soon, late) = (Duration::from_mins(5), Duration::from_micros(300_000_001));
        arrivals.note(SendState::Delivered, soon);
        for state in SendState::ALL {
            arrivals.note(state, late);
        }
        let counted = Arrivals {
            soon: 1,
            late: 1,
            pending: 4,
            never: 6,
        };
        assert_eq!(arrivals, counted, "all but the one that was withheld");
    }
}
