//! What became of the texts to contacts, in memory.

use thunderbird_domain::{
    id::MessageId,
    outbox::{
        retry::LONGEST_ALARM_WAIT,
        state::{Ended, SendState},
    },
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::PhoneNumber,
    sms::gateway::CODE_OPTED_OUT,
    time::Timestamp,
    user::{
        CheckInNotice, Correction, Fit, Reach, StoredCheckIn, StoredUser, Trouble, UNREACHED_A_DAY, UserId,
        opted_out, unreached,
    },
};

use super::outbox;

impl super::State {
    /// Whether a wrong text is to be corrected; one that waits is withdrawn instead.
    pub(crate) fn needs(&mut self, correction: &Correction) -> bool {
        let mut rows = self.outbox().rows.values_mut();
        let Some(row) = rows.find(|row| row.text.tag == correction.notice) else {
            return true;
        };
        let fit = Correction::fits(row.state, row.ambiguous);
        if fit == Fit::Withdraw {
            row.enter(SendState::Ended(Ended::Withheld));
        }
        fit == Fit::Correct
    }

    /// Every text with how far it has come.
    pub(crate) fn fates(&mut self) -> Vec<(MessageId, OutgoingText, Reach)> {
        let rows = self.outbox().rows.iter();
        rows.map(|(id, row)| (*id, row.text.clone(), Reach::of(row.state, row.code)))
            .collect()
    }

    /// The contacts whom the last text did not reach.
    pub(crate) fn troubles(&self, stored: &StoredUser) -> Vec<(PhoneNumber, Trouble)> {
        let trouble = |contact: &thunderbird_domain::user::Contact| {
            let (_, trouble) = self.reach.heard.get(&(contact.id?, contact.created_at))?;
            Some((contact.phone.clone(), (*trouble)?))
        };
        stored.user.contacts.iter().filter_map(trouble).collect()
    }

    /// Notes every fate that became known since the last time.
    pub(crate) fn note_fates(&mut self, at: Timestamp) {
        for (id, text, reach) in self.fates() {
            if !self.reach.noted.insert((id, reach)) {
                continue;
            }
            let code = self.outbox.rows.get(&id).and_then(|row| row.code);
            if reach == Reach::Withheld && code == Some(CODE_OPTED_OUT) {
                self.refused(&text, at);
            } else {
                self.note(id, &text, reach, at);
            }
        }
    }

    fn note(&mut self, id: MessageId, text: &OutgoingText, reach: Reach, at: Timestamp) {
        let trouble = match reach {
            Reach::Delivered => None,
            Reach::Failed(trouble) => Some(trouble),
            Reach::OnItsWay | Reach::Withheld => return,
        };
        let hiker = self
            .users
            .users
            .iter()
            .find(|stored| Some(stored.id) == text.user);
        let Some(hiker) = hiker else { return };
        let Some(contact) = hiker.user.contact(&text.to).cloned() else {
            return;
        };
        let Some(contact_id) = contact.id.filter(|_| contact.created_at <= text.not_before) else {
            return;
        };
        let (user, phone) = (hiker.id, hiker.user.phone.clone());
        let key = (contact_id, contact.created_at);
        let before = self.reach.heard.get(&key).copied();
        if before.is_some_and(|(newest, _)| newest > id) {
            return;
        }
        self.reach.heard.insert(key, (id, trouble));
        let was_reached = before.is_none_or(|(_, trouble)| trouble.is_none());
        if let (Some(trouble), true) = (trouble, was_reached) {
            self.tell(
                (user, &phone),
                at,
                unreached((user, &phone), (&contact, trouble), &text.tag, at),
            );
        }
    }

    /// The provider refused a text, because its recipient has opted out.
    fn refused(&mut self, text: &OutgoingText, at: Timestamp) {
        let mut users = self.users.users.iter();
        let hiker = users.find(|stored| Some(stored.id) == text.user);
        let Some(hiker) = hiker else { return };
        let Some(contact) = hiker.user.contact(&text.to).cloned() else {
            return;
        };
        let (user, phone) = (hiker.id, hiker.user.phone.clone());
        if contact.created_at <= text.not_before {
            self.tell((user, &phone), at, opted_out((user, &phone), &contact, at));
        }
    }

    /// Tells the hiker, unless they get no texts or have heard of many failures today.
    fn tell(&mut self, (user, phone): (UserId, &PhoneNumber), at: Timestamp, told: Outgoing) {
        let day = UNREACHED_A_DAY.per;
        let is_recent = |(who, when): &&(UserId, Timestamp)| *who == user && at.since(*when) < day;
        let recent = self.reach.told.iter().filter(is_recent).count();
        let has_room = u32::try_from(recent).is_ok_and(|recent| recent < UNREACHED_A_DAY.events);
        if has_room && !self.opt_outs.stands(phone) {
            self.reach.told.push((user, at));
            self.queue(&[told]);
        }
    }

    /// A check-in with what became of its texts.
    pub(crate) fn with_notices(&mut self, user: UserId, stored: &StoredCheckIn) -> StoredCheckIn {
        let mut stored = stored.clone();
        let tags = stored.check_in.notice_tags().collect::<Vec<_>>();
        let users = &self.users;
        let hikers = users
            .users
            .iter()
            .chain(users.ended.iter().map(|(ended, _)| ended));
        let contacts = hikers
            .filter(|hiker| hiker.id == user)
            .flat_map(|hiker| hiker.user.contacts.clone())
            .collect::<Vec<_>>();
        let fates = self.fates();
        let notice = |tag| {
            let (_, text, reach) = fates.iter().find(|(_, text, _)| text.tag == tag)?;
            let contact = contacts.iter().find(|contact| contact.phone == text.to);
            Some(CheckInNotice {
                tag: text.tag,
                phone: text.to.clone(),
                name: contact.map(|contact| contact.name.clone()).unwrap_or_default(),
                reach: *reach,
            })
        };
        stored.notices = tags.into_iter().filter_map(notice).collect();
        stored
    }
}

impl outbox::State {
    /// Forgets sealed words whose secret has expired, and callbacks that no text claimed for a day.
    pub(super) fn erase(&mut self, now: Timestamp) -> usize {
        let kept = self.callbacks.len();
        self.callbacks
            .retain(|(callback, applied)| *applied || now.since(callback.at).as_secs() < 86_400);
        let mut erased = kept - self.callbacks.len();
        for row in self.rows.values_mut() {
            if matches!(&row.words, Some(Words::Sealed { until, .. }) if *until <= now) {
                row.words = None;
                erased += 1;
            }
        }
        let far = now.plus(LONGEST_ALARM_WAIT);
        for row in self.rows.values_mut() {
            let waits = row.state == SendState::Queued && row.next_attempt_at > far;
            if waits && row.text.class == Class::Alarm {
                row.next_attempt_at = now;
                erased += 1;
            }
        }
        erased
    }
}
