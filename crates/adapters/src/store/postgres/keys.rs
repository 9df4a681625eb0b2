//! Locks on what a write decides about, held until its transaction ends.

pub(crate) use crate::store::keys::{Key, Unkeyed};

/// The numbers of the aggregates that a write decides about: ascending, so that two writes never wait for each other,
/// and each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys(Vec<i64>);

impl Keys {
    /// The write decides about these.
    pub(crate) fn on<'a>(keys: impl IntoIterator<Item = Key<'a>>) -> Self {
        let mut numbers: Vec<i64> = keys.into_iter().map(i64::from).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Self(numbers)
    }

    /// The write needs none, for this reason.
    pub(crate) fn none(_reason: Unkeyed) -> Self {
        Self(Vec::new())
    }

    /// What begins the transaction: the locks come before anything is read, in one round trip.
    pub(super) fn begin(&self) -> String {
        if self.0.is_empty() {
            return "BEGIN".to_owned();
        }
        let numbers: Vec<String> = self.0.iter().map(i64::to_string).collect();
        let numbers = numbers.join(",");
        format!("BEGIN; SELECT pg_advisory_xact_lock(key) FROM unnest('{{{numbers}}}'::bigint[]) AS key")
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Keys, Unkeyed};

    #[test]
    fn every_lock_is_taken_once_and_in_ascending_order() {
        let keys = Keys::on([Key::Ring, Key::Codes, Key::Text(7), Key::Ring]);
        assert_eq!(keys, Keys::on([Key::Text(7), Key::Ring, Key::Codes]));
        let mut sorted = keys.0.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!((keys.0.len(), &keys.0), (3, &sorted));
        let [first, second, third] = sorted.as_slice() else {
            unreachable!("three keys");
        };
        assert_eq!(
            keys.begin(),
            format!(
                "BEGIN; SELECT pg_advisory_xact_lock(key) FROM unnest('{{{first},{second},{third}}}'::bigint[]) AS key"
            )
        );
    }

    #[test]
    fn a_write_without_keys_only_begins() {
        assert_eq!(Keys::none(Unkeyed::Appends).begin(), "BEGIN");
    }
}
