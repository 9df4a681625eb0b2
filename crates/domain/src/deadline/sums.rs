//! What has become of everything that an alarm has queued for its contacts: it must all be accounted for.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    outbox::state::{Ended, SendState},
    time::Timestamp,
};

/// What is not over this long after the end of its life will not end by itself: a sweep ends it within a minute.
const ENDED_WITHIN: Duration = Duration::from_hours(1);

/// The channels on which an alarm reaches a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// A text message.
    Text,
    /// A phone call.
    Call,
    /// A mail to the contact's address.
    Mail,
}

/// A row that an alarm has queued for a contact, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRow {
    /// On which channel.
    pub kind: ChannelKind,
    /// The contact's number, as it is stored.
    pub contact: String,
    /// Its state; `None` if the stored word is none.
    pub state: Option<SendState>,
    /// Since when it has that state.
    pub state_at: Timestamp,
    /// When it is tried next, if it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// When its life is over.
    pub expires_at: Option<Timestamp>,
}

/// How many rows of a contact came to which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowSums {
    /// On the handset, picked up, or taken over by a mail server, which is all that is known of a mail.
    pub delivered: u64,
    /// Refused, undelivered or expired.
    pub failed: u64,
    /// Whether it arrived is not known.
    pub unknown: u64,
    /// Not sent, because the alarm was over.
    pub withdrawn: u64,
    /// Not sent, because the contact wants no more, is no contact any more, or somebody acts.
    pub withheld: u64,
    /// To be sent, or handed over without a report of its end yet.
    pub waiting: u64,
    /// All rows, and one more for a contact of the alarm who has none.
    pub all: u64,
}

impl RowSums {
    /// Rows in no state that is known or can last, and the row that a contact lacks.
    pub fn unaccounted(&self) -> u64 {
        let known = [
            self.delivered,
            self.failed,
            self.unknown,
            self.withdrawn,
            self.withheld,
            self.waiting,
        ];
        self.all.saturating_sub(known.into_iter().sum())
    }

    fn note(&mut self, row: &AlarmRow, (closed_at, now): (Option<Timestamp>, Timestamp)) {
        self.all = self.all.saturating_add(1);
        let count = match row.state {
            Some(SendState::Delivered) => &mut self.delivered,
            Some(SendState::Sent) if row.kind == ChannelKind::Mail => &mut self.delivered,
            Some(SendState::Undelivered | SendState::Ended(Ended::Failed | Ended::Expired)) => {
                &mut self.failed
            }
            Some(SendState::Ended(Ended::Dead | Ended::Unknown)) => &mut self.unknown,
            Some(SendState::Ended(Ended::Withheld)) if closed_at.is_some_and(|at| row.state_at >= at) => {
                &mut self.withdrawn
            }
            Some(SendState::Ended(Ended::Withheld)) => &mut self.withheld,
            Some(SendState::Accepted | SendState::Sent) => &mut self.waiting,
            Some(state @ (SendState::Queued | SendState::Sending)) if row.can_wait(state, now) => {
                &mut self.waiting
            }
            Some(SendState::Queued | SendState::Sending | SendState::Replied) | None => return,
        };
        *count = count.saturating_add(1);
    }
}

impl AlarmRow {
    /// Whether it will be sent or ended without help.
    fn can_wait(&self, state: SendState, now: Timestamp) -> bool {
        let is_planned = state == SendState::Sending || self.next_attempt_at.is_some();
        is_planned && self.expires_at.is_some_and(|at| at.plus(ENDED_WITHIN) > now)
    }
}

/// The sums of an alarm by the contact's number: of everybody who was alerted, and of everybody who has a row.
pub fn sums<'a>(
    alerted: impl IntoIterator<Item = &'a str>,
    rows: &[AlarmRow],
    (closed_at, now): (Option<Timestamp>, Timestamp),
) -> BTreeMap<String, RowSums> {
    let mut sums: BTreeMap<String, RowSums> = BTreeMap::new();
    for row in rows {
        sums.entry(row.contact.clone())
            .or_default()
            .note(row, (closed_at, now));
    }
    for contact in alerted {
        let sum = sums.entry(contact.to_owned()).or_default();
        sum.all = sum.all.max(1);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadline::chance::Random;

    const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

    fn row(state: Option<SendState>, kind: ChannelKind) -> AlarmRow {
        AlarmRow {
            kind,
            contact: "+61491570110".to_owned(),
            state,
            state_at: NOW,
            next_attempt_at: Some(NOW),
            expires_at: Some(NOW.plus(Duration::from_hours(24))),
        }
    }

    fn sum(rows: &[AlarmRow]) -> RowSums {
        let sums = sums([], rows, (Some(NOW), NOW));
        sums.into_values().next().unwrap_or_default()
    }

    #[test]
    fn every_state_but_the_reply_to_a_webhook_has_its_place() {
        let kinds = [ChannelKind::Text, ChannelKind::Call, ChannelKind::Mail];
        for (state, kind) in SendState::ALL
            .into_iter()
            .flat_map(|state| kinds.map(|kind| (state, kind)))
        {
            let lost = u64::from(state == SendState::Replied);
            assert_eq!(
                sum(&[row(Some(state), kind)]).unaccounted(),
                lost,
                "{state:?} {kind:?}"
            );
        }
        assert_eq!(sum(&[row(Some(SendState::Sent), ChannelKind::Mail)]).delivered, 1);
        assert_eq!(sum(&[row(Some(SendState::Sent), ChannelKind::Text)]).waiting, 1);
    }

    #[test]
    fn what_nothing_will_ever_move_is_unaccounted() {
        let lost = row(None, ChannelKind::Text);
        let unplanned = AlarmRow {
            next_attempt_at: None,
            ..row(Some(SendState::Queued), ChannelKind::Mail)
        };
        let outlived = AlarmRow {
            expires_at: Some(NOW.minus(Duration::from_hours(2))),
            ..row(Some(SendState::Sending), ChannelKind::Call)
        };
        let rows = [lost, unplanned, outlived];
        assert_eq!((sum(&rows).unaccounted(), sum(&rows).all), (3, 3));
        let alone = sums(["+61491570110"], &[], (None, NOW));
        assert_eq!(alone["+61491570110"].unaccounted(), 1, "alerted, and no row");
    }

    #[test]
    fn what_was_withheld_before_the_end_was_not_withdrawn_by_it() {
        let withheld = SendState::Ended(Ended::Withheld);
        let before = AlarmRow {
            state_at: NOW.minus(Duration::from_secs(1)),
            ..row(Some(withheld), ChannelKind::Text)
        };
        let sum = sum(&[before, row(Some(withheld), ChannelKind::Text)]);
        assert_eq!((sum.withheld, sum.withdrawn), (1, 1));
    }

    /// 10,000 alarms whose rows are in random states that a store can hold: each row counts once.
    #[test]
    fn random_alarms_are_accounted_for() {
        let mut random = Random(19);
        let states: Vec<SendState> = SendState::ALL
            .into_iter()
            .filter(|state| *state != SendState::Replied)
            .collect();
        for _ in 0..10_000 {
            let rows: Vec<AlarmRow> = (0..=random.below(30))
                .map(|_| {
                    let kind = [ChannelKind::Text, ChannelKind::Call, ChannelKind::Mail]
                        [usize::try_from(random.below(3)).unwrap()];
                    let state = states[usize::try_from(random.below(11)).unwrap()];
                    AlarmRow {
                        contact: format!("+6149157011{}", random.below(4)),
                        ..row(Some(state), kind)
                    }
                })
                .collect();
            let closed_at = (random.below(2) == 0).then_some(NOW);
            let sums = sums([], &rows, (closed_at, NOW));
            let all: u64 = sums.values().map(|sum| sum.all).sum();
            assert_eq!(all, rows.len() as u64);
            assert!(sums.values().all(|sum| sum.unaccounted() == 0), "{rows:?}");
        }
    }
}
