//! Calls for help over random histories, against what a person with a calendar would say.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    audit::Actor,
    deadline::{Claimed, How, Reason, Through, chance::Random, close_both},
    id::DeadlineId,
    outgoing::Class,
    port::Revision,
    random::Tag,
    route::Route,
    time::Timestamp,
};

const START: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

struct NoRoutes;

impl RouteCatalogue for NoRoutes {
    fn all(&self) -> &[Route] {
        &[]
    }

    fn find(&self, _: &RouteId) -> Option<&Route> {
        None
    }
}

fn phone(number: u64) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+6149157011{number}")).unwrap()
}

fn hiker(contacts: u64, random: &mut Random) -> Hiker {
    let watcher = |number| Watcher {
        id: None,
        phone: phone(number),
        name: format!("Contact {number}"),
        opted_out: random.below(5) == 0,
        is_ready: random.below(2) == 0,
        email: None,
    };
    Hiker {
        trail_name: "Sam".to_owned(),
        contacts: (0..contacts).map(watcher).collect(),
        last_check_in: None,
        last_heard: None,
        stopped: None,
        has_ended: false,
    }
}

/// What stands, and what was seen of it.
struct World {
    hiker: Hiker,
    call: Option<StoredDeadline>,
    promise: Option<StoredDeadline>,
    ids: i64,
    fired: BTreeMap<(i64, Stage), Timestamp>,
    tags: BTreeSet<[u8; 16]>,
    asked_at: Option<Timestamp>,
}

impl World {
    fn calls(&mut self, at: Timestamp, words: &str, seed: u8) {
        let textable = TextableRegions::new(vec![Region::parse("AU").unwrap()]);
        let (hiker, own) = (self.hiker.clone(), phone(9));
        let route = RouteId::from_stored("overland_track");
        let moment = Moment {
            at,
            seed: Tag::from_bytes([seed; 16]).derived("moment", usize::try_from(self.ids).unwrap()),
            actor: Actor::Anonymous,
        };
        let (promise, call) = (self.promise.clone(), self.call.clone());
        let (changes, answered) = call_for_help(&CallForHelp {
            user: UserId::from_stored(1),
            phone: &own,
            hiker: &hiker,
            route: &route,
            promise: promise.as_ref(),
            call: call.as_ref(),
            words,
            routes: &NoRoutes,
            textable: &textable,
            region: Region::parse("AU").unwrap(),
            moment: &moment,
            calls: false,
        });
        let is_same = self.asked_at.is_some_and(|asked| asked.within(SAME_CALL, at));
        assert_eq!(
            matches!(answered, Answered::Stands { .. }),
            is_same,
            "half an hour is one call"
        );
        if !is_same {
            self.asked_at = Some(at);
        }
        for change in changes {
            self.check_texts(&change, is_same);
            self.store(change, at);
        }
    }

    fn check_texts(&mut self, change: &DeadlineChange, is_same: bool) {
        for text in &change.texts {
            assert!(self.tags.insert(*text.tag.as_bytes()), "no text twice");
            assert_eq!(text.class, Class::Alarm);
            let contact = self.hiker.contacts.iter().find(|known| known.phone == text.to);
            let contact = contact.unwrap();
            assert!(!contact.opted_out, "who has opted out reads nothing");
            let crate::outgoing::Words::Plain(words) = &text.words else {
                panic!("plain words")
            };
            assert!(
                contact.is_ready || !words.contains("my own words"),
                "free text is for contacts who are ready"
            );
            assert!(is_same || words.contains("asks for help."), "{words}");
        }
    }

    fn store(&mut self, change: DeadlineChange, at: Timestamp) {
        let kind = change.state.kind;
        let slot = if kind == Kind::Call {
            &mut self.call
        } else {
            &mut self.promise
        };
        let id = match (&change.replaces, slot.as_ref()) {
            (None, standing) => {
                assert!(standing.is_none(), "one open row of a kind");
                self.ids += 1;
                self.ids
            }
            (Some((id, _)), Some(standing)) => {
                assert_eq!(*id, standing.id);
                id.get()
            }
            (Some(_), None) => panic!("it stands"),
        };
        for row in &change.state.stages {
            let is_fired = change.state.has_fired(row.stage);
            if is_fired && row.ending.is_some_and(|ending| ending.at == at) {
                let first = self.fired.insert((id, row.stage), at).unwrap_or(at);
                assert_eq!(first, at, "{} fires once", row.stage);
            }
        }
        *slot = change.state.is_open().then_some(StoredDeadline {
            id: DeadlineId::from_stored(id),
            revision: Revision::At(1),
            deadline: change.state,
        });
    }

    /// What the watch does: the promise rests while the call is open.
    fn ticks(&mut self, at: Timestamp) {
        let rests = self.call.is_some();
        let watched = [self.call.clone(), self.promise.clone().filter(|_| !rests)];
        for stored in watched.into_iter().flatten() {
            if let Some(step) = stored.deadline.step(at, Hold::Nothing) {
                let mut state = step.deadline;
                if step.fired.iter().any(|stage| stage.alert().is_some()) {
                    let contacts = self.hiker.contacts.iter().filter(|contact| !contact.opted_out);
                    let named: Vec<_> = contacts
                        .map(|contact| (contact.phone.clone(), contact.name.clone()))
                        .collect();
                    state.alert(named, at);
                    assert!(
                        stored
                            .deadline
                            .alarm
                            .as_ref()
                            .is_none_or(|alarm| alarm.acting.is_none()),
                        "no alert by the clock while a contact acts"
                    );
                }
                self.store(change(Some(&stored), state), at);
            }
        }
    }

    /// Ends both; returns who reads of it.
    fn ends(&mut self, at: Timestamp) {
        let textable = TextableRegions::new(vec![Region::parse("AU").unwrap()]);
        let (first, beside) = match (&self.promise, &self.call) {
            (Some(promise), call) => (promise, call.as_ref()),
            (None, Some(call)) => (call, None),
            (None, None) => return,
        };
        let closing = super::super::Close {
            stored: first,
            beside,
            trail_name: "Sam",
            contacts: &self.hiker.contacts,
            textable: &textable,
            through: Through::Text,
            at,
        };
        let (changes, notices) = close_both(closing, &Reason::Back, None);
        let mut readers = Vec::new();
        for change in &changes {
            readers.extend(change.stand_downs.iter().map(|text| text.to.clone()));
        }
        for notice in notices {
            if let crate::outgoing::Outgoing::Text(text) = notice {
                readers.push(text.to);
            }
        }
        let once: BTreeSet<_> = readers.iter().cloned().collect();
        assert_eq!(once.len(), readers.len(), "each contact reads of it once");
        for stored in [&self.call, &self.promise].into_iter().flatten() {
            let alarm = stored.deadline.alarm.as_ref();
            let alerted = alarm.into_iter().flat_map(|alarm| &alarm.contacts);
            for contact in alerted {
                assert!(once.contains(&contact.phone), "who was alerted is stood down");
            }
        }
        for change in changes {
            assert_eq!(
                change.state.closed.as_ref().map(|closed| closed.how),
                Some(How::Back)
            );
            assert_eq!(change.state.next_due_at(), None);
            self.store(change, at);
        }
        self.asked_at = None;
    }
}

fn promise(due_in: u64, at: Timestamp, seed: u8) -> Deadline {
    let due_at = at.plus(Duration::from_mins(due_in));
    Deadline {
        tag: Tag::from_bytes([seed; 16]),
        user: UserId::from_stored(1),
        kind: Kind::Out,
        phone: phone(9),
        words: None,
        route: RouteId::from_stored("overland_track"),
        zone: TimeZone::UTC,
        due_at,
        set_at: at,
        set_by: SetBy::Text,
        restored_at: None,
        replaces: None,
        closed: None,
        stages: Stage::schedule(due_at, at),
        alarm: None,
        informed: BTreeMap::from([(phone(0), due_at), (phone(3), due_at)]),
        plan: Plan::default(),
    }
}

fn history(random: &mut Random, seed: u8) -> u64 {
    let mut world = World {
        hiker: hiker(random.below(5), random),
        call: None,
        promise: None,
        ids: 0,
        fired: BTreeMap::new(),
        tags: BTreeSet::new(),
        asked_at: None,
    };
    let mut now = START;
    for step in 0..40 {
        now = now.plus(Duration::from_secs(1 + random.below(4_000)));
        match random.below(10) {
            0 | 1 => world.calls(now, ["", "my own words"][usize::from(random.below(2) == 0)], seed),
            2 if world.promise.is_none() => {
                let new = promise(15 + random.below(600), now, seed ^ step);
                world.store(change(None, new), now);
            }
            3 => {
                let by = phone(random.below(5));
                let open = [world.call.clone(), world.promise.clone()];
                for stored in open.into_iter().flatten() {
                    if let Claimed::Acting(next) | Claimed::Noted { deadline: next, .. } =
                        stored.deadline.claim(&by, now)
                    {
                        world.store(change(Some(&stored), next), now);
                    }
                }
            }
            4 if random.below(4) == 0 => world.ends(now),
            _ => world.ticks(now),
        }
        let alarmed = [&world.call, &world.promise].into_iter().flatten();
        let alarmed = alarmed.filter(|stored| stored.deadline.state() == State::Alarmed);
        assert!(alarmed.count() <= 1, "one alarm at a time");
    }
    40
}

#[test]
fn many_random_calls_agree_with_the_model() {
    let mut random = Random(0x5eed_ca11_5eed_ca11);
    let mut steps = 0;
    while steps < 200_000 {
        steps += history(&mut random, u8::try_from(steps % 251).unwrap());
    }
}
