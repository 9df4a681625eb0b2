//! Access tokens, as anybody may present one.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use thunderbird_adapters::crypto::{keys::Keys, live_ring::LiveRing, paseto::PasetoSealer};
use thunderbird_domain::{
    account::AccountId,
    id::SessionId,
    random::Tag,
    time::{Clock as _, Timestamp},
    token::{
        claims::{AccessClaims, MAX_TOKEN_BYTES, TokenRefusal},
        sealer::TokenSealer as _,
    },
};
use thunderbird_testkit::{clock::StoppedClock, entropy::SeededEntropy};

use crate::input;

struct Issuer {
    sealer: PasetoSealer,
    now: Timestamp,
    claims: AccessClaims,
    token: String,
}

static ISSUER: LazyLock<Issuer> = LazyLock::new(|| {
    let clock = StoppedClock::default();
    let now = clock.now();
    let keys = Keys::draw(&SeededEntropy::default(), now);
    let sealer = PasetoSealer::new(Arc::new(LiveRing::fixed(keys, Arc::new(clock))));
    let session = (SessionId::from_stored(3), 4);
    let life = Duration::from_mins(30);
    let claims = AccessClaims::issue(
        AccountId::from_stored(2),
        session,
        Tag::from_bytes([5; 16]),
        now,
        life,
    );
    let token = sealer.seal(&claims);
    Issuer {
        sealer,
        now,
        claims,
        token,
    }
});

/// First line: a token as presented. The rest: pairs of bytes, where and how a genuine token is altered.
pub fn check(bytes: &[u8]) {
    let Issuer {
        sealer,
        now,
        claims,
        token,
    } = &*ISSUER;
    assert_eq!(sealer.open(token, *now).as_ref(), Ok(claims));
    assert_eq!(sealer.open(token, claims.expires_at), Err(TokenRefusal::Expired));
    let (presented, edits) = input::first_line(bytes);
    let presented = input::text(presented);
    let altered = altered(token, edits);
    for stranger in [presented.as_ref(), altered.as_str()] {
        if stranger == token {
            continue;
        }
        let refusal = sealer.open(stranger, *now).expect_err("nobody sealed it");
        assert!(
            !matches!(refusal, TokenRefusal::Expired | TokenRefusal::NotYetValid),
            "believed far enough to read its times: {stranger:?}"
        );
        if stranger.len() > MAX_TOKEN_BYTES {
            assert_eq!(refusal, TokenRefusal::Malformed);
        }
    }
}

/// The token with letters replaced, taken away or doubled.
fn altered(token: &str, edits: &[u8]) -> String {
    let mut letters: Vec<u8> = token.as_bytes().to_vec();
    for edit in edits.chunks_exact(2).take(8) {
        let place = usize::from(edit[0]) % letters.len().max(1);
        match edit[1] {
            0 if !letters.is_empty() => {
                letters.remove(place);
            }
            1 => letters.extend_from_within(place..),
            2 => letters.truncate(place),
            other if place < letters.len() => letters[place] = other,
            _ => {}
        }
    }
    String::from_utf8_lossy(&letters).into_owned()
}
