//! What an access token says, and when it is believed.

use std::time::Duration;

use crate::{
    id::{AccountId, SessionId},
    random::Tag,
    time::Timestamp,
};

/// The `iss` of every access token: a constant, never the public URL.
pub const ISSUER: &str = "thunderbird";
/// The `aud` of every access token.
pub const AUDIENCE: &str = "thunderbird-api";
/// No access token is longer, in bytes.
pub const MAX_TOKEN_BYTES: usize = 2048;

/// What a believed access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessClaims {
    /// `sub`: whose it is.
    pub account: AccountId,
    /// `sid`: the session it was issued in.
    pub session: SessionId,
    /// `gen`: the generation of the refresh token that was issued with it.
    pub generation: i64,
    /// `iat`, in whole seconds.
    pub issued_at: Timestamp,
    /// `nbf`, in whole seconds.
    pub not_before: Timestamp,
    /// `exp`, in whole seconds: from this instant on it is refused.
    pub expires_at: Timestamp,
    /// `jti`: tells tokens of one second apart.
    pub id: Tag,
}

impl AccessClaims {
    /// The claims of a token issued at `now` for `lifetime`. Instants are cut to whole seconds, so that a token is
    /// never from the future.
    pub fn issue(
        account: AccountId,
        session: (SessionId, i64),
        id: Tag,
        now: Timestamp,
        lifetime: Duration,
    ) -> Self {
        let issued_at = now.floor_to_second();
        let (session, generation) = session;
        Self {
            account,
            session,
            generation,
            issued_at,
            not_before: issued_at,
            expires_at: issued_at.plus(lifetime).floor_to_second(),
            id,
        }
    }
}

/// What a decrypted token claims, before anything of it is believed.
#[derive(Debug, Clone, Copy, Default)]
pub struct PresentedClaims<'a> {
    /// `iss`.
    pub issuer: Option<&'a str>,
    /// `aud`.
    pub audience: Option<&'a str>,
    /// `sub`.
    pub subject: Option<&'a str>,
    /// `sid`.
    pub session: Option<i64>,
    /// `gen`.
    pub generation: Option<i64>,
    /// `iat`.
    pub issued_at: Option<Timestamp>,
    /// `nbf`.
    pub not_before: Option<Timestamp>,
    /// `exp`.
    pub expires_at: Option<Timestamp>,
    /// `jti`.
    pub id: Option<Tag>,
}

/// Why a token was not believed. The client hears the same about all of them; the log tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// Not a token of our form: another version or purpose, over [`MAX_TOKEN_BYTES`], broken encoding.
    #[error("not an access token")]
    Malformed,
    /// Sealed with a key that is not, or no longer, in the ring.
    #[error("sealed with an unknown key")]
    UnknownKey,
    /// It does not open: tampered with, or made for another purpose.
    #[error("not what was sealed")]
    Forged,
    /// It opens, but a claim is missing or not what we write.
    #[error("a claim is missing or wrong")]
    WrongClaim,
    /// Issued, or valid, only from a later instant on.
    #[error("not valid yet")]
    NotYetValid,
    /// Its time is over.
    #[error("expired")]
    Expired,
}

impl PresentedClaims<'_> {
    /// Checks every claim against `now`, without tolerance: there is one issuer, so there is one clock.
    ///
    /// # Errors
    ///
    /// [`TokenRefusal::WrongClaim`], [`TokenRefusal::NotYetValid`] or [`TokenRefusal::Expired`].
    pub fn believe(&self, now: Timestamp) -> Result<AccessClaims, TokenRefusal> {
        if self.issuer != Some(ISSUER) || self.audience != Some(AUDIENCE) {
            return Err(TokenRefusal::WrongClaim);
        }
        let claims = self.complete().ok_or(TokenRefusal::WrongClaim)?;
        if claims.expires_at <= claims.not_before || claims.generation < 0 {
            return Err(TokenRefusal::WrongClaim);
        }
        if now >= claims.expires_at {
            return Err(TokenRefusal::Expired);
        }
        if now < claims.not_before || now < claims.issued_at {
            return Err(TokenRefusal::NotYetValid);
        }
        Ok(claims)
    }

    fn complete(&self) -> Option<AccessClaims> {
        Some(AccessClaims {
            account: AccountId::from_stored(decimal(self.subject?)?),
            session: SessionId::from_stored(self.session?),
            generation: self.generation?,
            issued_at: self.issued_at?,
            not_before: self.not_before?,
            expires_at: self.expires_at?,
            id: self.id?,
        })
    }
}

/// A positive number in the one spelling that we write.
fn decimal(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_654_321);
    const SECOND: Duration = Duration::from_secs(1);

    fn issued() -> AccessClaims {
        let session = (SessionId::from_stored(7), 2);
        let lifetime = Duration::from_mins(30);
        AccessClaims::issue(
            AccountId::from_stored(42),
            session,
            Tag::from_bytes([9; 16]),
            NOW,
            lifetime,
        )
    }

    fn presented() -> PresentedClaims<'static> {
        let claims = issued();
        PresentedClaims {
            issuer: Some(ISSUER),
            audience: Some(AUDIENCE),
            subject: Some("42"),
            session: Some(7),
            generation: Some(2),
            issued_at: Some(claims.issued_at),
            not_before: Some(claims.not_before),
            expires_at: Some(claims.expires_at),
            id: Some(claims.id),
        }
    }

    #[test]
    fn a_fresh_token_is_believed_in_the_same_microsecond() {
        assert_eq!(presented().believe(NOW), Ok(issued()));
        assert_eq!(issued().issued_at.as_micros(), 1_700_000_000_000_000);
        assert_eq!(issued().expires_at.as_micros(), 1_700_001_800_000_000);
    }

    #[test]
    fn every_claim_is_needed_and_checked() {
        type Spoil = fn(&mut PresentedClaims<'static>);
        let spoilers: [(&str, Spoil); 16] = [
            ("no iss", |claims| claims.issuer = None),
            ("other iss", |claims| claims.issuer = Some("thunderbird-admin")),
            ("no aud", |claims| claims.audience = None),
            ("other aud", |claims| claims.audience = Some("thunderbird")),
            ("no sub", |claims| claims.subject = None),
            ("sub is not a number", |claims| claims.subject = Some("ada")),
            ("sub is spelt otherwise", |claims| claims.subject = Some("+42")),
            ("sub is nobody", |claims| claims.subject = Some("0")),
            ("no sid", |claims| claims.session = None),
            ("no gen", |claims| claims.generation = None),
            ("negative gen", |claims| claims.generation = Some(-1)),
            ("no iat", |claims| claims.issued_at = None),
            ("no nbf", |claims| claims.not_before = None),
            ("no exp", |claims| claims.expires_at = None),
            ("exp before nbf", |claims| {
                claims.expires_at = Some(Timestamp::EPOCH);
            }),
            ("no jti", |claims| claims.id = None),
        ];
        for (what, spoil) in spoilers {
            let mut claims = presented();
            spoil(&mut claims);
            assert_eq!(claims.believe(NOW), Err(TokenRefusal::WrongClaim), "{what}");
        }
    }

    #[test]
    fn time_is_checked_without_tolerance() {
        let claims = issued();
        let last = Timestamp::from_micros(claims.expires_at.as_micros() - 1);
        assert_eq!(presented().believe(last), Ok(claims));
        assert_eq!(presented().believe(claims.expires_at), Err(TokenRefusal::Expired));
        let early = claims.issued_at.minus(SECOND);
        assert_eq!(presented().believe(early), Err(TokenRefusal::NotYetValid));
        let later_issue = PresentedClaims {
            issued_at: Some(NOW.plus(SECOND)),
            ..presented()
        };
        assert_eq!(later_issue.believe(NOW), Err(TokenRefusal::NotYetValid));
    }
}
