//! How many messages a day may be sent.

use crate::outgoing::Class;

/// The most messages of a channel that are sent in a day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyCap {
    /// Messages a day; the last fifth is reserved for the classes that the cap never stops.
    pub per_day: u32,
}

impl DailyCap {
    /// Messages of all classes that may be claimed in a day before `class` has to wait; `None` never waits.
    pub const fn room(self, class: Class) -> Option<u32> {
        if class.is_capped() {
            Some(self.per_day - self.per_day / 5)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_fifth_is_for_classes_that_are_never_stopped() {
        let cap = DailyCap { per_day: 100 };
        assert_eq!(cap.room(Class::Notice), Some(80));
        assert_eq!(cap.room(Class::Code), Some(80));
        assert_eq!(cap.room(Class::Safety), None);
    }
}
