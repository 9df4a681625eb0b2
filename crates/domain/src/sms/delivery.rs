//! How far a text has come: the provider's words, put together in any order and any number of times.

use std::time::Duration;

use super::gateway::{CODE_OPTED_OUT, MessageSid, ProviderStatus};
use crate::{
    opt_out::{OptOutChange, OptOutSource},
    outbox::state::{Ended, SendState},
    outgoing::Class,
    phone_number::PhoneNumber,
    time::Timestamp,
};

/// Readings of a message after its final state, counted from that state: for price and segments.
pub const READINGS: [Duration; 3] = [
    Duration::from_mins(10),
    Duration::from_hours(1),
    Duration::from_hours(24),
];

/// Readings of an alarm whose delivery is open, counted from its last state: a callback can be lost, and an operator is to
/// know after a quarter of an hour which alert did not arrive.
const READINGS_OF_ALARM: [Duration; 7] = [
    Duration::from_mins(10),
    Duration::from_mins(20),
    Duration::from_mins(30),
    Duration::from_mins(40),
    Duration::from_mins(50),
    Duration::from_hours(1),
    Duration::from_hours(24),
];

/// How far a text has come, and the error code that came with it.
///
/// Callbacks arrive out of order, repeatedly, and carry no time. So what was heard is the *greatest* of what was said:
/// accepted, sent, failed, undelivered, delivered. That a handset has the text is never taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delivery {
    /// How far.
    pub status: ProviderStatus,
    /// The provider's error code.
    pub code: Option<u32>,
}

impl Delivery {
    /// Where a text stands when the provider has taken it over.
    pub const ACCEPTED: Self = Self {
        status: ProviderStatus::Accepted,
        code: None,
    };

    /// With one word more. The order and number of words do not matter.
    #[must_use]
    pub fn with(self, heard: Self) -> Self {
        self.max(heard)
    }

    /// How far a text in a stored state has come; `None` when the provider has no word on it.
    pub fn of(state: SendState, code: Option<u32>) -> Option<Self> {
        let status = match state {
            SendState::Accepted => ProviderStatus::Accepted,
            SendState::Sent => ProviderStatus::Sent,
            SendState::Ended(Ended::Failed) => ProviderStatus::Failed,
            SendState::Undelivered => ProviderStatus::Undelivered,
            SendState::Delivered => ProviderStatus::Delivered,
            SendState::Queued | SendState::Sending | SendState::Ended(_) | SendState::Replied => return None,
        };
        Some(Self { status, code })
    }

    /// When a text of this class that has come so far at `at` is read back first.
    pub fn first_reading(self, class: Class, at: Timestamp) -> Timestamp {
        let [soon, later, _] = READINGS;
        let is_soon = self.status.is_final() || class == Class::Alarm;
        at.plus(if is_soon { soon } else { later })
    }
}

/// A delivery callback of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// The message it is about.
    pub sid: MessageSid,
    /// How far it has come.
    pub status: ProviderStatus,
    /// The provider's error code.
    pub code: Option<u32>,
    /// When it came.
    pub at: Timestamp,
}

/// A text that was just read back.
#[derive(Debug, Clone, Copy)]
pub struct JustRead {
    /// How urgent it is.
    pub class: Class,
    /// How often it was read before since its last state.
    pub readings: u32,
    /// How far it had come.
    pub was: Delivery,
    /// How far it has come, as is known now.
    pub is: Delivery,
    /// Whether its price is known.
    pub priced: bool,
}

/// When a text that was just read is read again: only while its price is unknown or its delivery open, and at most as
/// often as the readings of its class say.
pub fn next_reading(text: JustRead, at: Timestamp) -> Option<Timestamp> {
    let is_final = text.is.status.is_final();
    if text.priced && is_final {
        return None;
    }
    if is_final && !text.was.status.is_final() {
        return Some(text.is.first_reading(text.class, at));
    }
    let readings: &[Duration] = match text.class {
        Class::Alarm if !is_final => &READINGS_OF_ALARM,
        _ => &READINGS,
    };
    let place = usize::try_from(text.readings).unwrap_or(usize::MAX);
    let (earlier, next) = (readings.get(place)?, readings.get(place.saturating_add(1))?);
    Some(at.plus(next.saturating_sub(*earlier)))
}

/// What a callback tells about the recipient.
pub fn opt_out(callback: &Callback, recipient: &PhoneNumber) -> Option<OptOutChange> {
    (callback.code == Some(CODE_OPTED_OUT)).then(|| OptOutChange::Record {
        phone: recipient.clone(),
        source: OptOutSource::Carrier,
        at: callback.at,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_delivery() -> impl Strategy<Value = Delivery> {
        use ProviderStatus::{Accepted, Delivered, Failed, Sent, Undelivered};
        let status = prop::sample::select(vec![Accepted, Sent, Failed, Undelivered, Delivered]);
        let code = prop::option::of(prop::sample::select(vec![30_003, 30_005, 21_610]));
        (status, code).prop_map(|(status, code)| Delivery { status, code })
    }

    fn all(words: &[Delivery]) -> Delivery {
        words
            .iter()
            .fold(Delivery::ACCEPTED, |known, heard| known.with(*heard))
    }

    proptest! {
        #[test]
        fn every_order_and_repetition_ends_alike(
            words in prop::collection::vec(any_delivery(), 0..8).prop_shuffle(),
            extra in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let mut sorted = words.clone();
            sorted.sort_unstable();
            let mut repeated = words.clone();
            if !words.is_empty() {
                repeated.extend(extra.iter().map(|place| words[place.index(words.len())]));
            }
            prop_assert_eq!(all(&words), all(&sorted));
            prop_assert_eq!(all(&repeated), all(&sorted));
        }

        #[test]
        fn a_word_never_takes_a_text_back(words in prop::collection::vec(any_delivery(), 1..8)) {
            let mut known = Delivery::ACCEPTED;
            for word in words {
                let next = known.with(word);
                prop_assert!(next.status >= known.status);
                known = next;
            }
        }
    }

    #[test]
    fn a_message_is_read_after_ten_minutes_an_hour_and_a_day_until_its_price_is_known() {
        let delivered = Delivery {
            status: ProviderStatus::Delivered,
            code: None,
        };
        let end = Timestamp::from_micros(1_000_000);
        for class in Class::ALL {
            let first = delivered.first_reading(class, end);
            let read = |readings, priced| JustRead {
                class,
                readings,
                was: delivered,
                is: delivered,
                priced,
            };
            let second = next_reading(read(0, false), first).unwrap();
            let third = next_reading(read(1, false), second).unwrap();
            assert_eq!([first, second, third].map(|at| at.since(end)), READINGS);
            assert_eq!(next_reading(read(2, false), third), None);
            assert_eq!(next_reading(read(0, true), first), None);
        }
    }

    fn readings_of_an_open(class: Class) -> Vec<u64> {
        let begin = Timestamp::from_micros(1_000_000);
        let mut at = Some(Delivery::ACCEPTED.first_reading(class, begin));
        let mut minutes = Vec::new();
        while let Some(now) = at {
            minutes.push(now.since(begin).as_secs() / 60);
            let read = JustRead {
                class,
                readings: u32::try_from(minutes.len() - 1).unwrap(),
                was: Delivery::ACCEPTED,
                is: Delivery::ACCEPTED,
                priced: true,
            };
            at = next_reading(read, now);
        }
        minutes
    }

    #[test]
    fn an_alarm_whose_delivery_is_open_is_read_every_ten_minutes_of_an_hour_and_after_a_day() {
        assert_eq!(
            readings_of_an_open(Class::Alarm),
            [10, 20, 30, 40, 50, 60, 24 * 60]
        );
        for class in [Class::Safety, Class::Code, Class::Notice] {
            assert_eq!(readings_of_an_open(class), [60, 110, 110 + 23 * 60]);
        }
    }

    #[test]
    fn a_reading_that_finds_the_end_is_followed_as_an_end_is() {
        let delivered = Delivery {
            status: ProviderStatus::Delivered,
            code: None,
        };
        let read = JustRead {
            class: Class::Alarm,
            readings: 6,
            was: Delivery::ACCEPTED,
            is: delivered,
            priced: false,
        };
        let at = Timestamp::from_micros(1_000_000);
        assert_eq!(next_reading(read, at), Some(at.plus(Duration::from_mins(10))));
        assert_eq!(next_reading(JustRead { priced: true, ..read }, at), None);
    }

    #[test]
    fn only_twilios_opt_out_code_is_an_opt_out() {
        let phone = PhoneNumber::from_e164("+61491570006").unwrap();
        let callback = |code| Callback {
            sid: MessageSid::parse(&format!("SM{:032}", 0)).unwrap(),
            status: ProviderStatus::Undelivered,
            code,
            at: Timestamp::EPOCH,
        };
        assert!(opt_out(&callback(Some(21_610)), &phone).is_some());
        assert_eq!(opt_out(&callback(Some(30_003)), &phone), None);
        assert_eq!(opt_out(&callback(None), &phone), None);
    }
}
