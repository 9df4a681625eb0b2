//! What the provider reported, and how many texts a day has taken.

use std::time::Duration;

use thunderbird_domain::{
    opt_out::OptOutChange,
    sms::delivery::{self, Delivery},
    time::Timestamp,
};

use super::{DAY, State};

impl State {
    /// Applies the callbacks whose sid has become known.
    pub(super) fn apply_callbacks(&mut self, at: Timestamp) -> Vec<OptOutChange> {
        let mut opt_outs = Vec::new();
        for (callback, applied) in self.callbacks.iter_mut().filter(|(_, applied)| !applied) {
            if let Some(row) = self
                .rows
                .values_mut()
                .find(|row| row.sid() == Some(&callback.sid))
            {
                *applied = true;
                row.hear(
                    Delivery {
                        status: callback.status,
                        code: callback.code,
                    },
                    at,
                );
                opt_outs.extend(delivery::opt_out(callback, &row.text.to));
            }
        }
        opt_outs
    }

    /// How long until the next day begins, if this one has no room below `room`.
    pub(crate) fn day_is_full(&self, room: u32, now: Timestamp) -> Option<Duration> {
        let day = now.as_seconds() / DAY;
        let claimed = self.claimed.get(&day).copied().unwrap_or(0);
        let left = u64::try_from((day + 1) * DAY - now.as_seconds()).expect("a day has an end");
        (claimed >= room).then(|| Duration::from_secs(left))
    }
}
