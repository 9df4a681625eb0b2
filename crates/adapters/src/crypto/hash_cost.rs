//! How expensive a password hash is.

use std::str::FromStr;

use argon2::{Algorithm, Argon2, Params, Version};
use password_hash::phc;

/// Argon2id's cost: memory in KiB, passes, lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// `m`, in KiB.
    pub memory: u32,
    /// `t`.
    pub passes: u32,
    /// `p`.
    pub lanes: u32,
}

/// Why a cost was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashCostError {
    /// Not `m=…,t=…,p=…`.
    #[error("write it as m=65536,t=3,p=1")]
    Malformed,
    /// Weaker than OWASP's minimum.
    #[error("the floor is m=19456,t=2,p=1")]
    TooWeak,
    /// More than we would run for a stored hash.
    #[error("the ceiling is m=262144,t=10,p=16")]
    TooStrong,
}

impl HashCost {
    /// Never weaker than the hashes that are taken over from the Python service.
    pub const DEFAULT: Self = Self {
        memory: 65_536,
        passes: 3,
        lanes: 1,
    };
    /// OWASP's minimum for Argon2id.
    pub const FLOOR: Self = Self {
        memory: 19_456,
        passes: 2,
        lanes: 1,
    };
    /// A stored hash that asks for more is refused, not run: it would be a bomb, not a hash.
    pub const CEILING: Self = Self {
        memory: 262_144,
        passes: 10,
        lanes: 16,
    };

    pub(super) fn of(params: &Params) -> Self {
        Self {
            memory: params.m_cost(),
            passes: params.t_cost(),
            lanes: params.p_cost(),
        }
    }

    /// Whether this cost is one we are willing to run.
    pub(super) fn is_bearable(self) -> bool {
        let most = Self::CEILING;
        self.memory <= most.memory && self.passes <= most.passes && self.lanes <= most.lanes
    }

    /// Less memory or fewer passes; lanes are not compared.
    pub(super) fn is_weaker_than(self, other: Self) -> bool {
        self.memory < other.memory || self.passes < other.passes
    }

    pub(super) fn params(self, output: usize) -> Result<Params, argon2::Error> {
        Params::new(self.memory, self.passes, self.lanes, Some(output))
    }
}

impl Default for HashCost {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Reads `m=65536,t=3,p=1`, each once, in any order.
impl FromStr for HashCost {
    type Err = HashCostError;

    fn from_str(text: &str) -> Result<Self, HashCostError> {
        let (mut memory, mut passes, mut lanes) = (None, None, None);
        for part in text.split(',') {
            let (name, value) = part.trim().split_once('=').ok_or(HashCostError::Malformed)?;
            let slot = match name.trim() {
                "m" => &mut memory,
                "t" => &mut passes,
                "p" => &mut lanes,
                _ => return Err(HashCostError::Malformed),
            };
            let number = value.trim().parse().map_err(|_| HashCostError::Malformed)?;
            if slot.replace(number).is_some() {
                return Err(HashCostError::Malformed);
            }
        }
        let (Some(memory), Some(passes), Some(lanes)) = (memory, passes, lanes) else {
            return Err(HashCostError::Malformed);
        };
        let cost = Self {
            memory,
            passes,
            lanes,
        };
        if cost.is_weaker_than(Self::FLOOR) || lanes < 1 {
            return Err(HashCostError::TooWeak);
        }
        if !cost.is_bearable() {
            return Err(HashCostError::TooStrong);
        }
        Ok(cost)
    }
}

/// A stored hash taken apart: everything needed to verify against it.
#[derive(Clone)]
pub(super) struct StoredHash {
    pub(super) params: Params,
    pub(super) salt: Vec<u8>,
    pub(super) output: Vec<u8>,
}

/// Why a stored hash is not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum StoredHashError {
    #[error("not an Argon2id hash in PHC format")]
    Unreadable,
    #[error("it asks for more than 256 MiB, 10 passes or 16 lanes")]
    TooExpensive,
}

impl StoredHash {
    pub(super) fn parse(phc: &str) -> Result<Self, StoredHashError> {
        let hash = phc::PasswordHash::new(phc).map_err(|_| StoredHashError::Unreadable)?;
        let ours = hash.algorithm.as_str() == "argon2id" && hash.version == Some(Version::V0x13.into());
        if !ours {
            return Err(StoredHashError::Unreadable);
        }
        let params = Params::try_from(&hash).map_err(|_| StoredHashError::Unreadable)?;
        let (Some(salt), Some(output)) = (&hash.salt, &hash.hash) else {
            return Err(StoredHashError::Unreadable);
        };
        if !HashCost::of(&params).is_bearable() {
            return Err(StoredHashError::TooExpensive);
        }
        let salt = salt.as_ref().to_vec();
        if salt.len() < argon2::MIN_SALT_LEN {
            return Err(StoredHashError::Unreadable);
        }
        Ok(Self {
            params,
            salt,
            output: output.as_bytes().to_vec(),
        })
    }

    /// The PHC string.
    pub(super) fn to_phc(&self) -> Result<String, password_hash::Error> {
        let hash = phc::PasswordHash {
            algorithm: phc::Ident::new("argon2id").map_err(|_| password_hash::Error::Algorithm)?,
            version: Some(Version::V0x13.into()),
            params: phc::ParamsString::try_from(&self.params)?,
            salt: Some(phc::Salt::new(&self.salt).map_err(|_| password_hash::Error::SaltInvalid)?),
            hash: Some(phc::Output::new(&self.output).map_err(|_| password_hash::Error::OutputSize)?),
        };
        Ok(hash.to_string())
    }

    pub(super) fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_read_within_its_bounds() {
        assert_eq!("m=65536,t=3,p=1".parse(), Ok(HashCost::DEFAULT));
        assert_eq!("p=1, t=2, m=19456".parse(), Ok(HashCost::FLOOR));
        assert_eq!("m=262144,t=10,p=16".parse(), Ok(HashCost::CEILING));
        for malformed in [
            "",
            "m=65536",
            "m=65536,t=3,p=1,p=1",
            "m=x,t=3,p=1",
            "65536,3,1",
            "m=-1,t=3,p=1",
        ] {
            assert_eq!(
                malformed.parse::<HashCost>(),
                Err(HashCostError::Malformed),
                "{malformed}"
            );
        }
        for weak in ["m=19455,t=2,p=1", "m=65536,t=1,p=1", "m=65536,t=3,p=0"] {
            assert_eq!(weak.parse::<HashCost>(), Err(HashCostError::TooWeak), "{weak}");
        }
        for strong in ["m=262145,t=3,p=1", "m=65536,t=11,p=1", "m=65536,t=3,p=17"] {
            assert_eq!(
                strong.parse::<HashCost>(),
                Err(HashCostError::TooStrong),
                "{strong}"
            );
        }
    }

    #[test]
    fn a_stored_hash_is_a_value_and_not_a_bomb() {
        let tail = "$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let phc = |head: &str| StoredHash::parse(&format!("{head}{tail}")).map(|_| ());
        assert_eq!(phc("$argon2id$v=19$m=65536,t=3,p=4"), Ok(()));
        for bomb in [
            "m=262145,t=3,p=4",
            "m=65536,t=11,p=4",
            "m=65536,t=3,p=17",
            "m=4294967295,t=1,p=1",
        ] {
            let refusal = phc(&format!("$argon2id$v=19${bomb}"));
            assert_eq!(refusal, Err(StoredHashError::TooExpensive), "{bomb}");
        }
        for other in [
            "$argon2i$v=19$m=65536,t=3,p=4",
            "$argon2id$v=16$m=65536,t=3,p=4",
            "$argon2id$m=65536,t=3,p=4",
        ] {
            assert_eq!(phc(other), Err(StoredHashError::Unreadable), "{other}");
        }
        for broken in [
            "",
            "$2b$12$abcdefghijklmnopqrstuv",
            "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA",
            "plain",
        ] {
            assert_eq!(
                StoredHash::parse(broken).map(|_| ()),
                Err(StoredHashError::Unreadable),
                "{broken}"
            );
        }
    }
}
