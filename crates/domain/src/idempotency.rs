//! A request that a client sends again because the answer was lost acts once: `Idempotency-Key`.

use std::{fmt, time::Duration};

use sha2::{Digest as _, Sha256};

use crate::{
    id::{AccountId, AdminId},
    port::PortFuture,
    time::Timestamp,
};

/// How long an answer is kept for its key.
pub const KEPT: Duration = Duration::from_hours(24);

/// How long a started request may go unanswered before the same key may start it again (after a crash).
pub const ABANDONED_AFTER: Duration = Duration::from_mins(1);

/// Longest key, in characters.
pub const MAX_KEY: usize = 64;

/// What a client calls one intention: 1 to 64 visible ASCII characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// Reads a key; `None` for anything else.
    pub fn parse(raw: &str) -> Option<Self> {
        let fits = (1..=MAX_KEY).contains(&raw.len());
        (fits && raw.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(raw.into()))
    }

    /// The characters of the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(***)")
    }
}

/// Whose keys are meant: two clients may choose the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A web account.
    Account(AccountId),
    /// An administrator of the console.
    Admin(AdminId),
}

/// SHA-256 of a request's body: whether the same is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestDigest([u8; 32]);

impl RequestDigest {
    /// The digest of a body.
    pub fn of(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }

    /// A digest that was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Whose key it is.
    pub owner: Owner,
    /// Method and path pattern.
    pub route: &'static str,
    /// The key that the client sent.
    pub key: IdempotencyKey,
    /// What is asked.
    pub digest: RequestDigest,
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// What a key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nothing yet: the request is now this caller's to carry out, and to settle.
    Fresh,
    /// The same request, which was answered with this.
    Answered(KeptAnswer),
    /// The same request, which is being carried out.
    InProgress,
    /// The key belongs to another request.
    Reused,
}

/// Keeps answers for their keys. Contract: `thunderbird_testkit::contract::idempotency`.
pub trait IdempotencyStore: Send + Sync {
    /// Claims a key. Of many at once, one is [`Claim::Fresh`]. A key is forgotten [`KEPT`] after it was claimed, and
    /// one that was never settled after [`ABANDONED_AFTER`].
    fn claim(&self, request: KeyedRequest, at: Timestamp) -> PortFuture<'_, Claim>;

    /// Keeps the answer to a claimed request, or, given none, lets the key go.
    fn settle(&self, request: KeyedRequest, answer: Option<KeptAnswer>) -> PortFuture<'_, ()>;

    /// Forgets keys whose time is over, at most 500; says how many.
    fn forget(&self, at: Timestamp) -> PortFuture<'_, usize>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_to_sixty_four_visible_characters() {
        for raw in ["a", "8e03978e-40d5-43dd-bc93-6894a57f9324", &"k".repeat(64)] {
            assert_eq!(IdempotencyKey::parse(raw).unwrap().as_str(), raw);
        }
        for raw in ["", " ", "a b", "ä", "a\n", &"k".repeat(65)] {
            assert!(IdempotencyKey::parse(raw).is_none(), "{raw:?}");
        }
    }
}
