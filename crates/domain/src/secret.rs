//! Values that must not be printed, and are wiped when dropped.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// A secret: prints as `***`, is shown only on request, is wiped on drop.
#[derive(Clone)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Wraps a secret.
    pub fn new(secret: T) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The secret itself. The caller is responsible for where it goes.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// SHA-256 of 256 random bits: how refresh, reset and verification tokens are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// The digest of an opaque token as presented.
    pub fn of(token: &str) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(token.as_bytes()).into())
    }

    /// A digest that was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest's bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A text that was encrypted and authenticated under a key of the key ring, with its row's tag as associated data.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The id of the key that opens it.
    pub key_id: String,
    /// Nonce, ciphertext and authentication tag.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.key_id)
    }
}

/// Seals bodies that carry a code, a word or a link, so that a dump of the database shows none.
pub trait BodySealer: Send + Sync {
    /// Encrypts `text` under the newest `body` key, bound to `tag`.
    fn seal(&self, tag: crate::random::Tag, text: &str) -> Sealed;

    /// The text, or `None` when the key is gone or the bytes are not what was sealed for `tag`.
    fn open(&self, tag: crate::random::Tag, sealed: &Sealed) -> Option<Secret<String>>;
}

/// What a keyed digest is for; a digest made for one purpose never equals one made for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacPurpose {
    /// The six digits texted to a phone.
    PhoneCode,
    /// The three words of LINK.
    LinkWords,
    /// The one word of CONFIRM.
    ConfirmWord,
    /// The key under which login failures are counted.
    LoginIdentifier,
    /// The links that stop mails to contacts.
    StopMails,
    /// The numbers and addresses under which texts, mails and codes are counted.
    SendingLimit,
}

/// A keyed digest and the id of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mac {
    /// The id of the key that made it.
    pub key_id: String,
    /// HMAC-SHA-256.
    pub bytes: [u8; 32],
}

/// Keyed digests (HMAC-SHA-256 under the `code` keys of the ring): short secrets at rest.
pub trait Macs: Send + Sync {
    /// The digest of `parts`, each length-prefixed, under the newest key.
    fn mac(&self, purpose: MacPurpose, parts: &[&[u8]]) -> Mac;

    /// The same under a named key; `None` when that key is gone.
    fn mac_with(&self, key_id: &str, purpose: MacPurpose, parts: &[&[u8]]) -> Option<Mac>;

    /// The digest under every key still held, newest first: for looking a secret up.
    fn macs(&self, purpose: MacPurpose, parts: &[&[u8]]) -> Vec<Mac>;
}

/// Compares without telling by time where two secrets differ.
pub fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    use subtle::ConstantTimeEq as _;
    left.ct_eq(right).into()
}
