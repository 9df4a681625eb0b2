//! What concerns web accounts.

use std::{num::NonZeroUsize, time::Duration};

use thunderbird_adapters::crypto::hash_cost::{HashCost, HashCostError};

use super::reader::Reader;

/// The settings of accounts.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// Whether new accounts are taken.
    pub registration_open: bool,
    /// Life of an access token.
    pub access_token: Duration,
    /// Cost of a password hash.
    pub argon2: HashCost,
    /// Concurrent password hashes.
    pub hash_threads: NonZeroUsize,
}

impl AccountSettings {
    /// Reads them.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let registration_open = reader.read("THUNDERBIRD_REGISTRATION", |text| match text {
            "open" => Ok(true),
            "closed" => Ok(false),
            _ => Err("must be open or closed".into()),
        });
        let minutes = reader.read("THUNDERBIRD_ACCESS_TOKEN_MINUTES", |text| number(text, 1, 60));
        let argon2 = reader.read("THUNDERBIRD_ARGON2", argon2);
        let threads = reader.read("THUNDERBIRD_HASH_THREADS", |text| number(text, 1, 256));
        let threads = match threads {
            Some(threads) => usize::try_from(threads).ok().and_then(NonZeroUsize::new),
            None => Some(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
        };
        Some(Self {
            registration_open: registration_open?,
            access_token: Duration::from_secs(minutes?.saturating_mul(60)),
            argon2: argon2?,
            hash_threads: threads?,
        })
    }
}

/// Highest value of any limit: high enough for a load test.
pub(super) const MAX_LIMIT: u64 = 10_000_000;

/// A whole number from `floor` to `ceiling`.
///
/// # Errors
///
/// The range, in a sentence.
pub fn number(text: &str, floor: u64, ceiling: u64) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|number| (floor..=ceiling).contains(number))
        .ok_or_else(|| format!("must be a whole number from {floor} to {ceiling}"))
}

fn argon2(text: &str) -> Result<HashCost, String> {
    text.parse().map_err(|error: HashCostError| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_never_cheaper_than_the_floor() {
        let cost = argon2("m=19456,t=2,p=1").unwrap();
        assert_eq!((cost.memory, cost.passes, cost.lanes), (19_456, 2, 1));
        for text in [
            "m=19455,t=2,p=1",
            "m=65536,t=1,p=1",
            "m=65536,t=3,p=0",
            "m=262145,t=3,p=1",
            "m=65536,t=3",
            "m=65536,t=3,p=1,x=1",
            "",
        ] {
            assert!(argon2(text).is_err(), "{text}");
        }
    }
}
