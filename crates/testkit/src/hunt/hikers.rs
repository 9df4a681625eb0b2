//! What hikers change by text and on the web: themselves, their promises, their texts to us.

use std::{collections::BTreeMap, time::Duration};

use thunderbird_domain::{
    admin::{Removal, RemoveUser},
    deadline::{
        Deadline, DeadlineChange, DeadlineStore, Kind, Plan, SaveDeadline, SetBy, Stage, StageRow,
        StoredDeadline,
    },
    email::Email,
    id::UserId,
    limit::Limit,
    opt_out::{OptOutChange, OptOutSource},
    outgoing::Outgoing,
    phone_number::PhoneNumber,
    port::{Commit, Fault, Revision},
    route::{RouteCatalogue as _, RouteId},
    sms::inbound::{Inbox, Received, SenderState, TextDigest},
    user::{
        CheckIn, CheckInSource, Contact, ContactName, SaveUser, StoredUser, TrailName, User, UserChange,
        UserStore,
    },
};

use super::hunter::{Hunter, Writes, after, event, hourly, number, tag};
use crate::{catalogue::MemoryCatalogue, contract::inbox};

pub(super) const WRITES: &[&str] = &[
    "inbox.commit",
    "users.commit",
    "console.register_user",
    "console.remove_user",
    "deadlines.save",
];

impl<S: Writes> Hunter<S> {
    pub(super) async fn write_hikers(&self, name: &str) -> Result<(), Fault> {
        match name {
            "inbox.commit" => self.receive().await,
            "users.commit" => self.save_user().await,
            "console.register_user" => {
                let change = self.registration(self.phone());
                self.store()
                    .register_user(change, event("hunt.registered"))
                    .await
                    .map(drop)
            }
            "console.remove_user" => self.remove_user().await,
            _ => self.save_deadline().await,
        }
    }

    /// A few copies of each text come in at the same time.
    async fn receive(&self) -> Result<(), Fault> {
        let copy = self.ledger.shared("texts in", 4);
        // All copies are of one number.
        let phone = number(usize::try_from(copy % 6).unwrap());
        let sid = u32::try_from(copy + 1).unwrap();
        let digest = TextDigest::of(&inbox::message(&phone, sid, "HELP"));
        let sender = self.store().sender_state(&phone, digest, self.now()).await?;
        let mut text = inbox::text(&phone, sid, &sender);
        text.tag = tag(self.ledger.next());
        for part in &mut text.reply {
            part.tag = tag(self.ledger.next());
        }
        text.effects.audit = vec![event("hunt.text")];
        text.effects.counts = self.counts();
        text.effects.outgoing = vec![Outgoing::Text(self.text(self.phone()))];
        if self.one_in(3) {
            text.effects.opt_out = Some(self.opt_out(phone.clone()));
        }
        if self.one_in(2) {
            text.effects.user = Some(self.change_of(&sender, &phone));
        }
        let sid = text.message.sid.as_str().to_owned();
        match Inbox::commit(self.store(), text).await? {
            Received::Stored(_) => {
                self.ledger.happens(&format!("the text {sid} acts"), 1);
                self.ledger.state().received.insert(sid);
            }
            Received::Duplicate(_) => drop(self.ledger.state().received.insert(sid)),
            Received::Stale | Received::SidReused => {}
        }
        Ok(())
    }

    fn counts(&self) -> Vec<Limit> {
        (0..self.below(3))
            .map(|_| hourly("hunt.texts", self.below(6), 100_000))
            .collect()
    }

    pub(super) fn opt_out(&self, phone: PhoneNumber) -> OptOutChange {
        let at = self.now();
        if self.one_in(2) {
            return OptOutChange::Clear { phone, at };
        }
        OptOutChange::Record {
            phone,
            source: OptOutSource::Text,
            at,
        }
    }

    fn change_of(&self, sender: &SenderState, phone: &PhoneNumber) -> UserChange {
        sender
            .user
            .as_ref()
            .map_or_else(|| self.registration(phone.clone()), |stored| self.change(stored))
    }

    fn registration(&self, phone: PhoneNumber) -> UserChange {
        UserChange {
            replaces: Revision::Absent,
            tag: tag(self.ledger.next()),
            state: User {
                phone,
                trail_name: TrailName::parse("Sam").unwrap(),
                route: RouteId::from_stored("overland_track"),
                position: None,
                contacts: Vec::new(),
                account: None,
                started_at: after(0),
                shows_number: false,
            },
            check_in: None,
            taken_back: None,
            at: self.now(),
        }
    }

    /// Other contacts, and now and then a check-in.
    fn change(&self, stored: &StoredUser) -> UserChange {
        let mut state = stored.user.clone();
        state.contacts.truncate(self.below(4));
        let phone = self.phone();
        if phone != state.phone && state.contacts.iter().all(|contact| contact.phone != phone) {
            state.contacts.push(Contact {
                id: None,
                phone,
                name: ContactName::clean("Mum"),
                created_at: after(0),
                email: self.one_in(2).then(|| Email::parse("mum@example.org").unwrap()),
            });
        }
        let check_in = self.one_in(3).then(|| CheckIn {
            tag: tag(self.ledger.next()),
            route: state.route.clone(),
            camp_code: "windy".to_owned(),
            camp_name: "Windy Ridge".to_owned(),
            source: CheckInSource::Sms,
            at: self.now(),
            contacts_told: 1,
            before: None,
            taken_back_at: None,
        });
        UserChange {
            replaces: stored.revision,
            tag: tag(self.ledger.next()),
            state,
            check_in,
            taken_back: None,
            at: self.now(),
        }
    }

    async fn save_user(&self) -> Result<(), Fault> {
        let phone = self.phone();
        let stored = self.store().by_phone(&phone).await?;
        let change = stored
            .as_ref()
            .map_or_else(|| self.registration(phone.clone()), |stored| self.change(stored));
        let save = SaveUser {
            change,
            outgoing: vec![Outgoing::Text(self.text(self.phone()))],
            counts: self.counts(),
            audit: vec![event("hunt.user")],
            deadlines: Vec::new(),
        };
        let Commit::Stored(saved) = UserStore::commit(self.store(), save).await? else {
            return Ok(());
        };
        if let Some(stored) = stored {
            let replaced = format!("hiker {:?} is replaced at {:?}", stored.id, stored.revision);
            self.ledger.happens(&replaced, 1);
        } else {
            self.ledger.state().hikers.push(saved.user.id);
        }
        Ok(())
    }

    async fn remove_user(&self) -> Result<(), Fault> {
        let Some(stored) = self.store().by_phone(&self.phone()).await? else {
            return Ok(());
        };
        let remove = RemoveUser {
            user: stored.id,
            at: self.now(),
            link: None,
            outgoing: Vec::new(),
            audit: vec![event("hunt.removed")],
        };
        if self.store().remove_user(remove).await? == Removal::Stored {
            self.ledger
                .happens(&format!("hiker {:?} is removed", stored.id), 1);
        }
        Ok(())
    }

    async fn save_deadline(&self) -> Result<(), Fault> {
        let phone = self.phone();
        let Some(stored) = self.store().by_phone(&phone).await? else {
            return Ok(());
        };
        let before = stored.deadline;
        let save = SaveDeadline {
            change: DeadlineChange {
                replaces: before.as_ref().map(|open| (open.id, open.revision)),
                state: before.as_ref().map_or_else(
                    || self.promise(stored.id, phone.clone()),
                    |open: &StoredDeadline| open.deadline.clone(),
                ),
                texts: vec![self.text(self.phone())],
                stand_downs: Vec::new(),
                closings: Vec::new(),
                calls: Vec::new(),
                mails: Vec::new(),
                mailed_end: None,
            },
            outgoing: Vec::new(),
            counts: vec![hourly("hunt.texts", self.below(6), 100_000)],
            audit: vec![event("hunt.promise")],
            at: self.now(),
        };
        if let (Commit::Stored(()), Some(open)) = (DeadlineStore::save(self.store(), save).await?, before) {
            let replaced = format!("promise {:?} is replaced at {:?}", open.id, open.revision);
            self.ledger.happens(&replaced, 1);
        }
        Ok(())
    }

    fn promise(&self, user: UserId, phone: PhoneNumber) -> Deadline {
        let due_at = after(7_200);
        let row = |stage, hours| StageRow {
            stage,
            due_at: Some(due_at.plus(Duration::from_hours(hours))),
            ending: None,
        };
        Deadline {
            tag: tag(self.ledger.next()),
            user,
            kind: Kind::Out,
            phone,
            restored_at: None,
            words: None,
            route: RouteId::from_stored("overland_track"),
            zone: MemoryCatalogue::tasmania().all()[0].time_zone().clone(),
            due_at,
            set_at: after(0),
            set_by: SetBy::Late(Duration::from_mins(90)),
            replaces: None,
            closed: None,
            stages: vec![row(Stage::Ask2, 0), row(Stage::Alert1, 1), row(Stage::Alert2, 2)],
            alarm: None,
            plan: Plan::default(),
            informed: BTreeMap::new(),
        }
    }
}
