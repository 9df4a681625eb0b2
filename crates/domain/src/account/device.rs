//! A device that has signed in. Its failures are counted by themselves, so that those from elsewhere do not keep it out.

use std::{cmp::Reverse, time::Duration};

use super::UserAgent;
use crate::{
    id::{AccountId, DeviceId, SessionId},
    secret::TokenDigest,
    time::Timestamp,
};

/// How long a device is known after it signed in last.
pub const DEVICE_KEPT: Duration = Duration::from_hours(180 * 24);
/// Devices of one account that are known.
pub const DEVICES_PER_ACCOUNT: usize = 20;

/// A device that has signed in to an account. Its token opens nothing: it only says where failures are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    /// Id of the device.
    pub id: DeviceId,
    /// The account that it signs in to.
    pub account: AccountId,
    /// What its client called itself last.
    pub user_agent: Option<UserAgent>,
    /// The session that began on it last.
    pub session: SessionId,
    /// When it signed in first.
    pub created_at: Timestamp,
    /// When it signed in last.
    pub last_used_at: Timestamp,
}

impl KnownDevice {
    /// Whether it signed in recently enough.
    pub fn is_known(&self, now: Timestamp) -> bool {
        now < self.last_used_at.plus(DEVICE_KEPT)
    }

    /// Which of an account's devices are forgotten, so that one more can be known: those whose time is over, then those
    /// that signed in once and never again, then the others, the longest unused first. A client that keeps no token takes
    /// no place from one that does.
    pub fn surplus(devices: &[Self], now: Timestamp) -> Vec<DeviceId> {
        let (mut known, over): (Vec<_>, Vec<_>) = devices.iter().partition(|device| device.is_known(now));
        known.sort_by_key(|device| {
            let came_back = device.last_used_at > device.created_at;
            Reverse((came_back, device.last_used_at, device.id))
        });
        let surplus = known.into_iter().skip(DEVICES_PER_ACCOUNT - 1);
        over.into_iter().chain(surplus).map(|device| device.id).collect()
    }
}

/// Which device signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningDevice {
    /// One that presented its token.
    Known(DeviceId),
    /// One that is known from now on, by a token with this digest.
    New(TokenDigest),
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn at(day: u32) -> Timestamp {
        Timestamp::EPOCH.plus(DAY * day)
    }

    fn device(id: i64, created: u32, used: u32) -> KnownDevice {
        KnownDevice {
            id: DeviceId::from_stored(id),
            account: AccountId::from_stored(1),
            user_agent: None,
            session: SessionId::from_stored(id),
            created_at: at(created),
            last_used_at: at(used),
        }
    }

    fn surplus(devices: &[KnownDevice], day: u32) -> Vec<i64> {
        let gone = KnownDevice::surplus(devices, at(day));
        gone.into_iter().map(DeviceId::get).collect()
    }

    #[test]
    fn a_device_is_known_for_half_a_year_after_it_signed_in_last() {
        let device = device(1, 0, 10);
        assert!(device.is_known(at(189)) && !device.is_known(at(190)));
    }

    #[test]
    fn a_client_that_keeps_no_token_takes_no_place_from_one_that_does() {
        let mut devices = vec![device(1, 0, 5), device(2, 0, 4)];
        devices.extend((3..=20).map(|id| device(id, 50, 50)));
        assert_eq!(surplus(&devices, 60), [3]);
        devices.push(device(21, 50, 50));
        assert_eq!(surplus(&devices, 60), [4, 3]);
        assert!(surplus(&devices[..19], 60).is_empty());
    }

    #[test]
    fn of_devices_that_came_back_the_longest_unused_goes() {
        let devices: Vec<_> = (1..=20)
            .map(|id| device(id, 0, 30 - u32::try_from(id).unwrap()))
            .collect();
        assert_eq!(surplus(&devices, 60), [20]);
    }

    #[test]
    fn those_whose_time_is_over_go_in_any_case() {
        assert_eq!(surplus(&[device(1, 0, 5), device(2, 0, 6)], 185), [1]);
    }
}
