//! Opaque tokens: 256 random bits that carry no meaning for their holder.

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    hex,
    random::Entropy,
    secret::{Secret, TokenDigest, same_bytes},
};

/// 256 random bits, written as 64 lower-case hexadecimal digits; the store keeps only their digest.
#[derive(Clone)]
pub struct OpaqueToken(Zeroizing<[u8; 32]>);

impl OpaqueToken {
    /// A new token.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut bits = Zeroizing::new([0; 32]);
        entropy.fill(bits.as_mut());
        Self(bits)
    }

    /// Reads a token as presented. `None` for anything that was never given out.
    pub fn parse(raw: &str) -> Option<Self> {
        let digits = raw.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bits = Zeroizing::new([0; 32]);
        for (bits, pair) in bits.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = pair else { return None };
            *bits = nibble(*high)? << 4 | nibble(*low)?;
        }
        Some(Self(bits))
    }

    /// The token as its holder gets it.
    pub fn reveal(&self) -> Secret<String> {
        Secret::new(hex::encode(&*self.0))
    }

    /// How the token is stored and found.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(self.reveal().expose())
    }

    /// `successor` in a form that only the holder of this token can read.
    ///
    /// A one-time pad: the key is a hash of this token, independent of its digest at rest, and a token ever seals
    /// one successor. Whether it was altered shows in the successor's own digest.
    pub fn seal(&self, successor: &Self) -> SealedToken {
        SealedToken(*self.pad(&successor.0))
    }

    /// The successor that was sealed under this token, if its digest is `expected`.
    pub fn open(&self, sealed: &SealedToken, expected: &TokenDigest) -> Option<Self> {
        let opened = Self(self.pad(&sealed.0));
        same_bytes(opened.digest().as_bytes(), expected.as_bytes()).then_some(opened)
    }

    fn pad(&self, bits: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        let mut hash = Sha256::new();
        hash.update(b"thunderbird refresh successor v1\0");
        hash.update(self.0.as_slice());
        let mut pad: Zeroizing<[u8; 32]> = Zeroizing::new(hash.finalize().into());
        pad.iter_mut().zip(bits).for_each(|(pad, bit)| *pad ^= bit);
        pad
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken(***)")
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// A refresh token that only the holder of its predecessor can read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealedToken([u8; 32]);

impl SealedToken {
    /// A sealed token that was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The sealed bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SealedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedToken(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(fill: u8) -> OpaqueToken {
        OpaqueToken(Zeroizing::new([fill; 32]))
    }

    #[test]
    fn a_token_reads_back_as_written() {
        let written = token(0xa7).reveal();
        assert_eq!(written.expose(), &"a7".repeat(32));
        assert_eq!(
            OpaqueToken::parse(written.expose()).unwrap().digest(),
            token(0xa7).digest()
        );
    }

    #[test]
    fn what_was_never_given_out_is_no_token() {
        let (upper, long, short) = ("A7".repeat(32), "a7".repeat(33), "a7".repeat(31));
        let (foreign, wide) = ("g7".repeat(32), "é".repeat(32));
        for raw in ["", &upper, &long, &short, &foreign, &wide] {
            assert!(OpaqueToken::parse(raw).is_none(), "{raw}");
        }
    }

    #[test]
    fn only_the_predecessor_opens_its_successor() {
        let (first, second, other) = (token(1), token(2), token(3));
        let sealed = first.seal(&second);
        assert_ne!(sealed.as_bytes(), &[2; 32]);
        assert_eq!(
            first.open(&sealed, &second.digest()).unwrap().digest(),
            second.digest()
        );
        assert!(other.open(&sealed, &second.digest()).is_none());
        assert!(first.open(&sealed, &other.digest()).is_none());
    }

    #[test]
    fn the_key_of_the_seal_is_not_the_digest_at_rest() {
        let (first, second) = (token(1), token(2));
        let sealed = first.seal(&second);
        let from_rest: Vec<u8> = sealed
            .as_bytes()
            .iter()
            .zip(first.digest().as_bytes())
            .map(|(a, b)| a ^ b)
            .collect();
        assert_ne!(from_rest, [2; 32]);
    }

    #[test]
    fn debug_hides_the_token() {
        assert_eq!(format!("{:?}", token(1)), "OpaqueToken(***)");
    }
}
