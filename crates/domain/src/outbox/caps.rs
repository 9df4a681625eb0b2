//! How many messages a day may be sent.

use crate::outgoing::{Class, DailyShare};

/// The most messages of a channel that are sent in a day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyCap {
    /// Messages a day: a hard stop for every class but alarms.
    pub per_day: u32,
}

impl DailyCap {
    /// Messages of all classes that may be claimed in a day before `class` has to wait.
    pub const fn room(self, class: Class) -> u32 {
        self.of(class.share())
    }

    const fn of(self, share: DailyShare) -> u32 {
        match share {
            DailyShare::FourFifths => self.per_day - self.per_day / 5,
            DailyShare::All => self.per_day,
            DailyShare::Twice => self.per_day.saturating_mul(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_fifth_is_for_safety_and_alarms_have_a_bound_of_their_own() {
        let cap = DailyCap { per_day: 100 };
        assert_eq!(cap.room(Class::Notice), 80);
        assert_eq!(cap.room(Class::Code), 80);
        assert_eq!(cap.room(Class::Safety), 100);
        assert_eq!(cap.of(DailyShare::Twice), 200);
    }
}
