//! What other contexts ask of the texts that wait or have left.

use thunderbird_domain::{
    outbox::state::{Ended, SendState},
    outgoing::{Class, Outgoing, Words},
    phone_number::PhoneNumber,
    random::Tag,
    user::{LastNotice, UserId},
};

use super::outbox::Row;

impl super::State {
    /// Withholds those of these texts that wait. Returns who may have one of this class: it was not withheld, or an
    /// attempt may have arrived.
    pub(crate) fn withhold(&mut self, tags: &[Tag], class: Class) -> Vec<PhoneNumber> {
        let rows = self.outbox().rows.values_mut();
        let mut reached = Vec::new();
        for row in rows.filter(|row| tags.contains(&row.text.tag)) {
            if row.state == SendState::Queued {
                row.enter(SendState::Ended(Ended::Withheld));
            }
            let may_have_left = row.state != SendState::Ended(Ended::Withheld) || row.ambiguous > 0;
            if row.text.class == class && may_have_left {
                reached.push(row.text.to.clone());
            }
        }
        reached
    }

    /// What waits for later, because a limit was reached, and was not tried yet.
    fn merged(&mut self, hiker: UserId) -> Vec<Tag> {
        let merged = self.outgoing.iter().filter_map(|item| match item {
            Outgoing::Newest(text) if text.user == Some(hiker) => Some(text.tag),
            Outgoing::Newest(_) | Outgoing::Text(_) | Outgoing::Mail(_) | Outgoing::Page(_) => None,
        });
        let merged: Vec<Tag> = merged.collect();
        let rows = self.outbox().rows.values();
        rows.filter(|row| row.state == SendState::Queued && merged.contains(&row.text.tag))
            .map(|row| row.text.tag)
            .collect()
    }

    /// A text that was withheld because its check-in was taken back waits again with the words of the next one.
    pub(crate) fn wait_again(&mut self, tag: Tag) {
        for row in self.outbox().rows.values_mut() {
            if row.text.tag == tag && row.state == SendState::Ended(Ended::Withheld) {
                row.enter(SendState::Queued);
            }
        }
    }

    /// Withholds what waits for later: for this contact, or for all of them.
    pub(crate) fn withhold_merged(&mut self, hiker: UserId, contact: Option<&PhoneNumber>) {
        let merged = self.merged(hiker);
        for row in self.outbox().rows.values_mut() {
            let is_to = contact.is_none_or(|contact| row.text.to == *contact);
            if merged.contains(&row.text.tag) && is_to {
                row.enter(SendState::Ended(Ended::Withheld));
            }
        }
    }

    /// The newest text about the hiker that has left for the number, and the newest one of the other kind: see
    /// [`ContactOf`](thunderbird_domain::user::ContactOf).
    pub(crate) fn newest_notices(
        &mut self,
        phone: &PhoneNumber,
        hiker: UserId,
    ) -> (Option<LastNotice>, Option<LastNotice>) {
        let promised = self.deadlines.texts();
        let standing = self.deadlines.open_texts();
        let merged = self.merged(hiker);
        let rows = self.outbox().rows.values().rev();
        let sent = rows.filter(|row| {
            let has_left = !merged.contains(&row.text.tag)
                && !matches!(
                    row.state,
                    SendState::Ended(Ended::Withheld | Ended::Failed | Ended::Expired)
                );
            row.text.user == Some(hiker) && row.text.to == *phone && has_left
        });
        let sent: Vec<&Row> = sent.collect();
        let is_urgent = |row: &Row| matches!(row.text.class, Class::Alarm | Class::Safety);
        let is_promised = |row: &Row| promised.contains(&row.text.tag);
        let mut about = sent.iter().filter(|row| is_urgent(row) || is_promised(row));
        let newest = about.next();
        let other = match newest {
            Some(newest) if is_promised(newest) => {
                sent.iter().find(|row| is_urgent(row) && !is_promised(row))
            }
            Some(_) => sent.iter().find(|row| standing.contains(&row.text.tag)),
            None => None,
        };
        (newest.map(|row| read(row)), other.map(|row| read(row)))
    }
}

fn read(row: &Row) -> LastNotice {
    let words = match &row.words {
        Some(Words::Plain(words)) => Some(words.clone()),
        Some(Words::Sealed { .. }) | None => None,
    };
    LastNotice {
        at: row.text.not_before,
        words,
    }
}
