//! What an operator is to know about all open promises, in memory.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{
        ARRIVALS_OF, AlarmRow, Alerted, Arrivals, ChannelKind, OpenAlarm, RowSums, StoredDeadline, Survey,
        Watched, sums,
    },
    outbox::state::SendState,
    outgoing::Class,
    phone_number::PhoneNumber,
    time::Timestamp,
};

use super::outbox::Row;

/// How long after its end an alarm is looked at.
const LOOKED_AT: Duration = Duration::from_hours(7 * 24);

fn many(count: usize) -> u64 {
    u64::try_from(count).expect("few promises")
}

impl super::State {
    pub(super) fn survey(&mut self, now: Timestamp) -> Survey {
        let open: Vec<StoredDeadline> = self.deadlines.open().cloned().collect();
        let watched: Vec<Watched> = open.iter().filter_map(|stored| self.watched(stored)).collect();
        let count = |is_so: &dyn Fn(&&Watched) -> bool| many(watched.iter().filter(is_so).count());
        let is_ready = |watched: &&Watched| {
            let mut contacts = watched.hiker.contacts.iter();
            contacts.any(|contact| contact.is_ready && !contact.opted_out)
        };
        let survey = Survey {
            stopped: count(&|watched| self.opt_outs.stands(&watched.stored.deadline.phone)),
            without_contact: count(&|watched| watched.lacks_contact()),
            with_ready: count(&is_ready),
            arrivals: self.arrivals(now),
            unaccounted: self.unaccounted(now),
            ..Survey::default()
        };
        let alarms: Vec<OpenAlarm> = open.iter().filter_map(|stored| self.open_alarm(stored)).collect();
        survey.with_alarms(&alarms, now)
    }

    fn open_alarm(&mut self, stored: &StoredDeadline) -> Option<OpenAlarm> {
        let alarm = stored.deadline.alarm.as_ref()?;
        let contacts = alarm.contacts.iter().map(|contact| {
            let mut states: Vec<SendState> = self
                .texts_to(stored, &contact.phone)
                .map(|row| row.state)
                .collect();
            states.extend(self.calls.states_to(stored.id, &contact.phone));
            Alerted {
                at: contact.alerted_at,
                has_acted: contact.acting_at.is_some(),
                is_delivered: states.contains(&SendState::Delivered),
                is_pending: states.iter().any(|state| {
                    state.is_pending() || matches!(state, SendState::Accepted | SendState::Sent)
                }),
            }
        });
        Some(OpenAlarm {
            deadline: stored.id,
            opened_at: alarm.opened_at,
            is_claimed: alarm.acting.is_some(),
            claims: alarm.claims,
            contacts: contacts.collect(),
        })
    }

    /// The texts of the alarm to one contact.
    fn texts_to(&mut self, stored: &StoredDeadline, to: &PhoneNumber) -> impl Iterator<Item = &Row> {
        let tags = self.deadlines.texts_of(stored.id);
        let rows = self.outbox().rows.values();
        rows.filter(move |row| {
            row.text.to == *to && row.text.class == Class::Alarm && tags.contains(&row.text.tag)
        })
    }

    /// Rows of alarms that are in no state that can last, as in a database.
    fn unaccounted(&mut self, now: Timestamp) -> u64 {
        let since = now.minus(LOOKED_AT);
        let mut unaccounted = 0;
        for stored in self.deadlines.all().to_vec() {
            let closed_at = stored.deadline.closed.as_ref().map(|closed| closed.at);
            let Some(alarm) = stored.deadline.alarm.as_ref() else {
                continue;
            };
            if closed_at.is_some_and(|at| at < since) {
                continue;
            }
            let rows = self.alarm_rows(&stored);
            let contacts = alarm.contacts.iter().map(|contact| contact.phone.as_str());
            let sums = sums(contacts, &rows, (closed_at, now));
            unaccounted += sums.values().map(RowSums::unaccounted).sum::<u64>();
        }
        unaccounted
    }

    fn alarm_rows(&mut self, stored: &StoredDeadline) -> Vec<AlarmRow> {
        let tags = self.deadlines.texts_of(stored.id);
        let hiker = stored.deadline.phone.clone();
        let texts = self.outbox().rows.values();
        let texts = texts.filter(|row| {
            row.text.class == Class::Alarm && tags.contains(&row.text.tag) && row.text.to != hiker
        });
        let mut rows: Vec<AlarmRow> = texts
            .map(|row| AlarmRow {
                kind: ChannelKind::Text,
                contact: row.text.to.as_str().to_owned(),
                state: Some(row.state),
                state_at: Timestamp::EPOCH,
                next_attempt_at: Some(row.next_attempt_at),
                expires_at: Some(row.text.expires_at),
            })
            .collect();
        let calls = self
            .calls
            .rows
            .iter()
            .filter(|row| row.deadline == Some(stored.id));
        rows.extend(calls.map(|row| AlarmRow {
            kind: ChannelKind::Call,
            contact: row.call.to.as_str().to_owned(),
            state: Some(row.state),
            state_at: row.state_at,
            next_attempt_at: row.next_attempt_at,
            expires_at: Some(row.call.expires_at),
        }));
        let alerts = self.contact_mails.alerts_about(stored.id);
        let mails = self.mails().iter();
        let mails: Vec<AlarmRow> = mails
            .filter_map(|row| Some((row, alerts.iter().find(|bound| bound.tag == row.tag())?)))
            .map(|(row, bound)| row.alarm_row(&bound.contact))
            .collect();
        rows.extend(mails);
        rows
    }

    fn arrivals(&mut self, now: Timestamp) -> Arrivals {
        let since = now.minus(ARRIVALS_OF);
        let mut arrivals = Arrivals::default();
        for stored in self.deadlines.all().to_vec() {
            let alarm = stored.deadline.alarm.as_ref();
            for contact in alarm
                .filter(|alarm| alarm.opened_at >= since)
                .into_iter()
                .flat_map(|alarm| &alarm.contacts)
            {
                for row in self.texts_to(&stored, &contact.phone) {
                    let took = row
                        .heard_at
                        .map_or(Duration::ZERO, |at| at.since(row.text.not_before));
                    arrivals.note(row.state, took);
                }
            }
        }
        arrivals
    }
}
