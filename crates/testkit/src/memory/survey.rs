//! What an operator is to know about all open promises, in memory.

use std::time::Duration;

use thunderbird_domain::{
    deadline::{ARRIVALS_OF, Alerted, Arrivals, OpenAlarm, StoredDeadline, Survey, Watched},
    outbox::state::SendState,
    outgoing::Class,
    phone_number::PhoneNumber,
    time::Timestamp,
};

use super::outbox::Row;

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
