//! What is wrong with the service itself, from look to look.

use std::{collections::BTreeMap, time::Duration};

use crate::{messages::page as words, page::PageKind};

/// A stage that is late by more than this is reported.
const LATE: Duration = Duration::from_mins(1);

/// A watch that has done no round for this long stands still. It waits for a minute at most before its first one.
const STANDS: Duration = Duration::from_mins(2);

/// Texts that cannot be fetched for this long are reported. One attempt that fails is tried again after five seconds.
const DEAF: Duration = Duration::from_mins(2);

/// Looks in a row that have to see a trouble: a machine that slept may look before its watch has done a round.
const LOOKS: u32 = 2;

/// Looks that are further apart than this are not in a row: the machine slept between them.
const IN_A_ROW: Duration = Duration::from_secs(30);

/// What a process knows of itself that no store shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// By how much the oldest stage is late that should have fired; `None` if that is not known.
    pub late: Option<Duration>,
    /// How long ago the look before this one was; `None` for the first.
    pub last_look: Option<Duration>,
    /// How long ago the watch over promises did its last round.
    pub stands_for: Duration,
    /// For how long texts may be missing; `None` if every text is known.
    pub deaf_for: Option<Duration>,
    /// Whether alerts are held because of the clock; `None` during the short wait for the second clock.
    pub clock_is_held: Option<bool>,
}

/// A trouble of the service itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    Stands,
    StageLate,
    FetchFails,
    ClockHeld,
}

/// How a trouble looks now; `Unknown` ends none and begins none.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Well,
    Unknown,
    Holds(String),
}

impl Trouble {
    /// Its kind, and its name among the events of that kind.
    pub(super) const fn event(self) -> (PageKind, &'static str) {
        match self {
            Self::Stands => (PageKind::StageLate, "stands"),
            Self::StageLate => (PageKind::StageLate, "now"),
            Self::FetchFails => (PageKind::FetchFailing, "now"),
            Self::ClockHeld => (PageKind::ClockHeld, "now"),
        }
    }
}

impl Seen {
    fn conditions(&self) -> [(Trouble, Condition); 4] {
        let stands = if self.stands_for > STANDS {
            Condition::Holds(words::watch_stands(self.stands_for))
        } else {
            Condition::Well
        };
        let late = match self.late {
            None => Condition::Unknown,
            Some(late) if late > LATE => Condition::Holds(words::stage_late(late)),
            Some(_) => Condition::Well,
        };
        let fetch = match self.deaf_for {
            None => Condition::Well,
            Some(lasted) if lasted >= DEAF => Condition::Holds(words::fetch_failing()),
            Some(_) => Condition::Unknown,
        };
        let clock = match self.clock_is_held {
            None => Condition::Unknown,
            Some(true) => Condition::Holds(words::clock_held()),
            Some(false) => Condition::Well,
        };
        [
            (Trouble::Stands, stands),
            (Trouble::StageLate, late),
            (Trouble::FetchFails, fetch),
            (Trouble::ClockHeld, clock),
        ]
    }
}

/// What one process has seen of its own troubles. Its end is stored, so that the next trouble of the same kind is news at once.
#[derive(Debug, Default)]
pub struct OwnTroubles(BTreeMap<Trouble, Noted>);

#[derive(Debug, Default)]
struct Noted {
    looks: u32,
    is_over: bool,
}

/// What one look leads to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Looked {
    /// What is wrong, with its words.
    pub(super) wrong: Vec<(Trouble, String)>,
    /// What is known to be right again, and is not stored as right yet.
    pub(super) over: Vec<Trouble>,
}

impl OwnTroubles {
    /// Looks once at what the service knows of itself.
    pub(super) fn look(&mut self, seen: &Seen) -> Looked {
        let mut looked = Looked::default();
        let is_in_a_row = seen.last_look.is_some_and(|ago| ago <= IN_A_ROW);
        for (trouble, condition) in seen.conditions() {
            let noted = self.0.entry(trouble).or_default();
            match condition {
                Condition::Holds(words) => {
                    noted.looks = if is_in_a_row {
                        noted.looks.saturating_add(1)
                    } else {
                        1
                    };
                    if noted.looks >= LOOKS {
                        noted.is_over = false;
                        looked.wrong.push((trouble, words));
                    }
                }
                Condition::Unknown => noted.looks = 0,
                Condition::Well => {
                    noted.looks = 0;
                    if !noted.is_over {
                        looked.over.push(trouble);
                    }
                }
            }
        }
        looked
    }

    /// Notes that it is stored that these are over.
    pub(super) fn ended(&mut self, over: &[Trouble]) {
        for trouble in over {
            self.0.entry(*trouble).or_default().is_over = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Seen = Seen {
        last_look: Some(Duration::from_secs(2)),
        late: Some(Duration::ZERO),
        stands_for: Duration::ZERO,
        deaf_for: None,
        clock_is_held: Some(false),
    };

    fn wrong(own: &mut OwnTroubles, seen: Seen) -> Vec<Trouble> {
        let looked = own.look(&seen);
        looked.wrong.into_iter().map(|(trouble, _)| trouble).collect()
    }

    #[test]
    fn a_blip_is_no_trouble_and_what_lasts_is() {
        let minute = Duration::from_mins(1);
        let blips = Seen {
            last_look: WELL.last_look,
            late: Some(minute),
            stands_for: minute * 2,
            deaf_for: Some(minute),
            clock_is_held: None,
        };
        let lasting = Seen {
            last_look: WELL.last_look,
            late: Some(minute * 2),
            stands_for: minute * 3,
            deaf_for: Some(minute * 2),
            clock_is_held: Some(true),
        };
        // The machine slept before, so the watch has had no time for a round.
        let woken = Seen {
            last_look: Some(minute),
            ..lasting
        };
        let mut own = OwnTroubles::default();
        for seen in [blips, blips, woken, blips, lasting, WELL, lasting, woken, woken] {
            assert_eq!(wrong(&mut own, seen), [], "{seen:?}");
        }
        let all = [
            Trouble::Stands,
            Trouble::StageLate,
            Trouble::FetchFails,
            Trouble::ClockHeld,
        ];
        assert_eq!(wrong(&mut own, lasting), all);
        assert_eq!(wrong(&mut own, lasting), all, "for as long as it lasts");
    }

    #[test]
    fn an_end_is_stored_once_and_what_is_not_known_ends_nothing() {
        let held = Seen {
            clock_is_held: Some(true),
            ..WELL
        };
        let mut own = OwnTroubles::default();
        let over = own.look(&held).over;
        assert_eq!(over, [Trouble::Stands, Trouble::StageLate, Trouble::FetchFails]);
        assert_eq!(own.look(&held).over, over, "until it is stored");
        own.ended(&over);
        let unknown = Seen {
            clock_is_held: None,
            late: None,
            ..held
        };
        assert_eq!(own.look(&unknown), Looked::default());
        assert_eq!(own.look(&WELL).over, [Trouble::ClockHeld]);
        own.ended(&[Trouble::ClockHeld]);
        assert_eq!(own.look(&WELL), Looked::default());
        assert_eq!(
            (wrong(&mut own, held), wrong(&mut own, held)),
            (vec![], vec![Trouble::ClockHeld])
        );
        assert_eq!(own.look(&WELL).over, [Trouble::ClockHeld]);
    }
}
