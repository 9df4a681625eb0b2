//! The randomness port, and what is drawn from it.

use std::fmt;

use crate::hex;

/// Unpredictable bytes from the operating system, passed in.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// 128 random bits that name a row before the store has given it an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag([u8; 16]);

impl Tag {
    /// A new tag.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// A tag that was drawn before.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads the digits that [`fmt::Display`] writes; `None` for anything else.
    pub fn parse(digits: &str) -> Option<Self> {
        let is_written = digits.len() == 32
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let bits = is_written.then(|| u128::from_str_radix(digits, 16).ok())??;
        Some(Self(bits.to_be_bytes()))
    }

    /// The bits of the tag.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// One of the tags of the same decision: deciding again from the same seed names the same rows.
    #[must_use]
    pub fn derived(&self, purpose: &str, place: usize) -> Self {
        use sha2::Digest as _;
        let digest: [u8; 32] = sha2::Sha256::new()
            .chain_update(self.0)
            .chain_update((place as u64).to_be_bytes())
            .chain_update(purpose)
            .finalize()
            .into();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(bytes)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// A uniform number below `bound` (which must not be 0), by rejection sampling: no modulo bias.
pub fn uniform_below(entropy: &dyn Entropy, bound: u32) -> u32 {
    let zone = u32::MAX - (u32::MAX % bound);
    loop {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes);
        let drawn = u32::from_le_bytes(bytes);
        if drawn < zone {
            return drawn % bound;
        }
    }
}
