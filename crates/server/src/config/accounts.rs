//! What concerns web accounts.

use std::{num::NonZeroUsize, time::Duration};

use super::reader::Reader;

/// The cost of a password hash (Argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// The settings of accounts.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// Whether new accounts are taken.
    pub registration_open: bool,
    /// Life of an access token.
    pub access_token: Duration,
    /// Cost of a password hash.
    pub argon2: Argon2Cost,
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

/// Floors: OWASP's second choice. Ceilings: what a stored hash may ask for (design of adopted hashes).
fn argon2(text: &str) -> Result<Argon2Cost, String> {
    let advice =
        "must be like m=65536,t=3,p=1 (KiB, passes, lanes), from m=19456,t=2,p=1 to m=262144,t=10,p=16";
    let mut parts = text.split(',').map(str::trim);
    let mut part = |name: &str, floor, ceiling| {
        let value = parts.next()?.strip_prefix(name)?;
        number(value, floor, ceiling)
            .ok()
            .and_then(|value| u32::try_from(value).ok())
    };
    let cost = part("m=", 19_456, 262_144)
        .zip(part("t=", 2, 10))
        .zip(part("p=", 1, 16));
    match (cost, parts.next()) {
        (Some(((memory_kib, passes), lanes)), None) => Ok(Argon2Cost {
            memory_kib,
            passes,
            lanes,
        }),
        _ => Err(advice.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_never_cheaper_than_the_floor() {
        let cost = argon2("m=19456,t=2,p=1").unwrap();
        assert_eq!((cost.memory_kib, cost.passes, cost.lanes), (19_456, 2, 1));
        for text in [
            "m=19455,t=2,p=1",
            "m=65536,t=1,p=1",
            "m=65536,t=3,p=0",
            "m=262145,t=3,p=1",
            "m=65536,t=3",
            "t=3,m=65536,p=1",
            "m=65536,t=3,p=1,x=1",
            "",
        ] {
            assert!(argon2(text).is_err(), "{text}");
        }
    }
}
