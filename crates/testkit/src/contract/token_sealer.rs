//! What every [`TokenSealer`] promises.

use std::time::Duration;

use thunderbird_domain::{
    account::AccountId,
    id::SessionId,
    random::Tag,
    time::Timestamp,
    token::{
        claims::{AccessClaims, MAX_TOKEN_BYTES, TokenRefusal},
        sealer::TokenSealer,
    },
};

/// Claims of a token issued at `now`, to live half an hour.
pub fn claims_at(now: Timestamp) -> AccessClaims {
    let session = (SessionId::from_stored(i64::MAX), 3);
    AccessClaims::issue(
        AccountId::from_stored(42),
        session,
        Tag::from_bytes([0xab; 16]),
        now,
        Duration::from_mins(30),
    )
}

/// Runs the suite on a sealer whose clock stands at `now`.
pub fn token_sealer(sealer: &dyn TokenSealer, now: Timestamp) {
    let claims = claims_at(now);
    let token = sealer.seal(&claims);
    assert!(token.len() <= MAX_TOKEN_BYTES);
    assert_ne!(sealer.seal(&claims), token, "two tokens are the same");
    assert_eq!(sealer.open(&token, now), Ok(claims));
    assert_eq!(sealer.open(&token, claims.expires_at), Err(TokenRefusal::Expired));
    let earlier = now.minus(Duration::from_secs(2));
    assert_eq!(sealer.open(&token, earlier), Err(TokenRefusal::NotYetValid));
    for stranger in [
        "",
        "v4.local.",
        "v4.public.AAAA",
        "nonsense",
        "v4.local.AAAA.AAAA",
    ] {
        assert_eq!(
            sealer.open(stranger, now),
            Err(TokenRefusal::Malformed),
            "{stranger}"
        );
    }
}
