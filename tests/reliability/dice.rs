//! Random moments, repeatable by their seed.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

/// SplitMix64.
pub struct Dice(u64);

impl Dice {
    /// Dice that fall anew every time; the seed is printed, so that a failure can be looked at.
    pub fn new() -> Self {
        let seed = RandomState::new().hash_one("dice");
        println!("the dice's seed is {seed}");
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `sides`, which it is not.
    pub fn below(&mut self, sides: usize) -> usize {
        let sides = u64::try_from(sides).unwrap();
        usize::try_from(self.roll() % sides).unwrap()
    }

    /// Some time up to this many milliseconds, to the microsecond.
    pub fn moment(&mut self, millis: usize) -> Duration {
        Duration::from_micros(u64::try_from(self.below(millis * 1_000)).unwrap())
    }
}
