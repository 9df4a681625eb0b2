//! What a hiker writes about a trip on the web, for those who search. It never stands in a text: our number must not become
//! a way to send words to strangers.

use std::fmt;

/// Most people who walk together.
pub const MAX_PARTY: u8 = 20;

/// Longest description of a vehicle, in characters.
pub const MAX_VEHICLE: usize = 100;

/// Longest list of what is carried, in characters.
pub const MAX_GEAR: usize = 500;

/// Longest description of the way or of anything else, in characters.
pub const MAX_PLAN: usize = 1_000;

/// What is known of a trip besides its time; what was not given is empty. `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// How many walk together.
    pub party: Option<u8>,
    /// The vehicle, and where it stands.
    pub vehicle: String,
    /// What is carried: tent, beacon, colours.
    pub gear: String,
    /// The way, with its nights.
    pub plan: String,
    /// Anything else, such as medicine.
    pub notes: String,
}

/// Why a plan is not taken; nothing is stored then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanRefusal {
    /// A party of zero, or of more than [`MAX_PARTY`].
    Party,
    /// The text of this name is longer than so many characters.
    TooLong {
        /// Name of the field.
        field: &'static str,
        /// How long it may be.
        most: usize,
    },
    /// The text of this name has characters that are no text.
    Control {
        /// Name of the field.
        field: &'static str,
    },
}

impl Plan {
    /// The plan, if every part of it may be stored.
    ///
    /// # Errors
    ///
    /// [`PlanRefusal`], about the first part that may not.
    pub fn checked(self) -> Result<Self, PlanRefusal> {
        if self.party.is_some_and(|party| !(1..=MAX_PARTY).contains(&party)) {
            return Err(PlanRefusal::Party);
        }
        for (field, text, most) in [
            ("vehicle", &self.vehicle, MAX_VEHICLE),
            ("gear", &self.gear, MAX_GEAR),
            ("plan", &self.plan, MAX_PLAN),
            ("notes", &self.notes, MAX_PLAN),
        ] {
            if text.chars().count() > most {
                return Err(PlanRefusal::TooLong { field, most });
            }
            if text
                .chars()
                .any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
            {
                return Err(PlanRefusal::Control { field });
            }
        }
        Ok(self)
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plan(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_has_bounds_and_no_control_characters() {
        let longest = Plan {
            party: Some(20),
            vehicle: "é".repeat(MAX_VEHICLE),
            gear: "g".repeat(MAX_GEAR),
            plan: "Day 1: Ronny Creek\r\n\tDay 2".to_owned(),
            notes: "n".repeat(MAX_PLAN),
        };
        assert_eq!(longest.clone().checked(), Ok(longest.clone()));
        for party in [0, 21, 255] {
            let plan = Plan {
                party: Some(party),
                ..Plan::default()
            };
            assert_eq!(plan.checked(), Err(PlanRefusal::Party));
        }
        let longer = Plan {
            gear: "g".repeat(MAX_GEAR + 1),
            ..longest.clone()
        };
        assert_eq!(
            longer.checked(),
            Err(PlanRefusal::TooLong {
                field: "gear",
                most: MAX_GEAR
            })
        );
        let torn = Plan {
            notes: "a\0b".to_owned(),
            ..longest
        };
        assert_eq!(torn.checked(), Err(PlanRefusal::Control { field: "notes" }));
        assert!(Plan::default().is_empty());
    }
}
