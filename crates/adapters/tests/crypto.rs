//! The cryptographic adapters keep what their ports promise, and what the file of keys adds to it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::{sync::Arc, time::Duration};

use pasetors::{keys::SymmetricKey, version4::LocalToken};
use proptest::prelude::*;
use thunderbird_adapters::crypto::{
    argon2::Argon2Hasher, entropy::SystemEntropy, hash_cost::HashCost, key_ring_file::KeyRingFile,
    keys::Keys, live_ring::LiveRing, mac::RingMacs, paseto::PasetoSealer, sealer::RingSealer,
    totp::Authenticator,
};
use thunderbird_domain::{
    account::password::{Hashed, PasswordAttempt, PasswordHash, PasswordHasher as _, Verified},
    random::Tag,
    secret::{BodySealer as _, MacPurpose, Macs as _},
    time::{Clock, Timestamp},
    token::{claims::TokenRefusal, key_ring::KeyPurpose, sealer::TokenSealer as _},
};
use thunderbird_testkit::{
    clock::StoppedClock,
    contract::{body_sealer, claims_at, macs, password_hasher, token_sealer, totp_codes},
};

const START: Timestamp = Timestamp::from_micros(1_700_000_000_500_000);
/// Costs nothing, so that a test may hash at will.
const CHEAP: HashCost = HashCost {
    memory: 64,
    passes: 1,
    lanes: 1,
};

fn ring() -> Arc<LiveRing> {
    let keys = Keys::draw(&SystemEntropy, START);
    Arc::new(LiveRing::fixed(keys, Arc::new(StoppedClock::at(START))))
}

fn hasher(cost: HashCost) -> Argon2Hasher {
    Argon2Hasher::start(cost, 1, Arc::new(SystemEntropy)).unwrap()
}

async fn verdict(hasher: &Argon2Hasher, typed: &str, stored: &str) -> Verified {
    let attempt = PasswordAttempt::parse(typed).unwrap();
    let stored = PasswordHash::from_stored(stored);
    match hasher.verify(&attempt, Some(&stored)).await.unwrap() {
        Hashed::Done(verified) => verified,
        Hashed::Busy => panic!("an idle hasher is busy"),
    }
}

#[test]
fn the_authenticator_keeps_its_contract() {
    totp_codes(&Authenticator);
}

#[tokio::test]
async fn argon2_and_its_double_keep_the_contract() {
    password_hasher(async || hasher(CHEAP)).await;
    password_hasher(async || thunderbird_testkit::crypto::InstantHasher::default()).await;
}

#[test]
fn sealers_and_digests_and_their_doubles_keep_the_contract() {
    body_sealer(&RingSealer::new(ring()));
    body_sealer(&thunderbird_testkit::crypto::PlainSealer);
    macs(&RingMacs::new(ring()));
    macs(&thunderbird_testkit::crypto::TestMacs::default());
    token_sealer(&PasetoSealer::new(ring()), START);
    token_sealer(&thunderbird_testkit::crypto::RememberingTokens::default(), START);
}

/// The reference implementation's own vector, and two hashes made by argon2-cffi as the Python service made them.
#[tokio::test]
async fn hashes_of_other_implementations_verify_unchanged() {
    let hasher = hasher(HashCost::DEFAULT);
    let reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert_eq!(verdict(&hasher, "password", reference).await, Verified::Match);
    assert!(hasher.is_weaker(&PasswordHash::from_stored(reference)));
    let plain =
        "$argon2id$v=19$m=65536,t=3,p=4$xhhI2z4wQyR4RHf/Vfxk6g$7zOovcKcUjJfhkO3jsfXNDA7VGqrkpDMmusQprKY4AY";
    assert_eq!(verdict(&hasher, "kea nest on high", plain).await, Verified::Match);
    assert_eq!(
        verdict(&hasher, "kea nest on hih", plain).await,
        Verified::NoMatch
    );
    assert!(!hasher.is_weaker(&PasswordHash::from_stored(plain)));
    let decomposed =
        "$argon2id$v=19$m=65536,t=3,p=4$fqdfZcNmpTumujLHsoy+LQ$9F9Urd/mkJOuCkiNkbWtPMfWlxh9nyFPuwfKzCTt6GI";
    assert_eq!(
        verdict(&hasher, "cafe\u{301} kea nest", decomposed).await,
        Verified::Match
    );
}

#[tokio::test]
async fn a_stored_bomb_is_not_run() {
    let hasher = hasher(CHEAP);
    for bomb in ["m=4194304,t=3,p=1", "m=64,t=4000000000,p=1", "m=65536,t=3,p=255"] {
        let phc = format!("$argon2id$v=19${bomb}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
        assert_eq!(verdict(&hasher, "password", &phc).await, Verified::NoMatch);
        assert!(!hasher.is_weaker(&PasswordHash::from_stored(phc)));
    }
}

#[tokio::test]
async fn a_hash_larger_than_the_configured_cost_still_verifies() {
    let large = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert_eq!(verdict(&hasher(CHEAP), "password", large).await, Verified::Match);
}

#[tokio::test]
async fn a_full_queue_is_told_at_once_and_a_dropped_request_does_no_harm() {
    let hasher = hasher(HashCost::FLOOR);
    let attempt = PasswordAttempt::parse("kea nest on high").unwrap();
    let mut asked: Vec<_> = (0..40).map(|_| hasher.verify(&attempt, None)).collect();
    assert_eq!(hasher.load().capacity, 32);
    assert_eq!(asked.pop().unwrap().await.unwrap(), Hashed::Busy);
    asked.truncate(1);
    assert_eq!(
        asked.pop().unwrap().await.unwrap(),
        Hashed::Done(Verified::NoMatch)
    );
}

#[test]
fn a_token_for_another_purpose_or_from_another_ring_does_not_open() {
    let (ours, theirs) = (ring(), ring());
    let sealer = PasetoSealer::new(Arc::clone(&ours));
    let foreign = PasetoSealer::new(theirs).seal(&claims_at(START));
    assert_eq!(sealer.open(&foreign, START), Err(TokenRefusal::UnknownKey));
    let body = RingSealer::new(Arc::clone(&ours)).seal(Tag::from_bytes([1; 16]), "{}");
    let body = String::from_utf8(body.bytes).unwrap();
    assert_eq!(sealer.open(&body, START), Err(TokenRefusal::UnknownKey));

    // Under the right key, but without naming the purpose.
    let text = ours.keys().to_text();
    let ring: serde_json::Value = serde_json::from_str(text.expose()).unwrap();
    let token = ring["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["purpose"] == "token")
        .unwrap();
    let (id, key) = (token["id"].as_str().unwrap(), token["key"].as_str().unwrap());
    let key = SymmetricKey::try_from(key).unwrap();
    let bare = LocalToken::encrypt(&key, b"{}", Some(id.as_bytes()), None).unwrap();
    assert_eq!(sealer.open(&bare, START), Err(TokenRefusal::Forged));
    let empty = b"thunderbird access token v1";
    let empty = LocalToken::encrypt(&key, b"{}", Some(id.as_bytes()), Some(empty)).unwrap();
    assert_eq!(sealer.open(&empty, START), Err(TokenRefusal::WrongClaim));
}

#[test]
fn no_byte_of_a_token_can_be_changed() {
    let sealer = PasetoSealer::new(ring());
    let token = sealer.seal(&claims_at(START));
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(sealer.open(&changed, START).is_err(), "byte {at}");
        assert!(sealer.open(&token[..at], START).is_err(), "cut at {at}");
    }
    assert_eq!(
        sealer.open(&format!("{token}{}", "A".repeat(2048)), START),
        Err(TokenRefusal::Malformed)
    );
}

#[test]
fn rotation_refuses_no_valid_token_and_no_code() {
    let folder = tempfile::tempdir().unwrap();
    let clock = StoppedClock::at(START);
    let file = KeyRingFile::at(folder.path().join("ring"));
    file.write(&Keys::draw(&SystemEntropy, START)).unwrap();
    let live = || {
        let clock = Arc::new(clock.clone()) as Arc<dyn Clock>;
        Arc::new(LiveRing::from_file(file.read().unwrap(), file.clone(), clock))
    };
    let (here, elsewhere) = (live(), live());
    let sealer = PasetoSealer::new(Arc::clone(&here));
    let claims = |clock: &StoppedClock| claims_at(clock.now());
    let before = sealer.seal(&claims(&clock));
    let code = RingMacs::new(Arc::clone(&here)).mac(MacPurpose::PhoneCode, &[b"123456"]);

    clock.advance(Duration::from_mins(1));
    file.update(|keys| Some(keys.with_new(&KeyPurpose::ROTATED, &SystemEntropy, clock.now())))
        .unwrap();
    assert!(elsewhere.reread().unwrap());
    assert!(!elsewhere.reread().unwrap(), "nothing changed since");
    clock.advance(Duration::from_secs(29));
    let settling = PasetoSealer::new(Arc::clone(&elsewhere)).seal(&claims(&clock));
    assert!(
        sealer.open(&settling, clock.now()).is_ok(),
        "sealed with a key that not everybody knows"
    );
    clock.advance(Duration::from_secs(1));
    let renewed = PasetoSealer::new(elsewhere).seal(&claims(&clock));
    // This process has not read the file yet: the unknown key makes it.
    assert!(sealer.open(&renewed, clock.now()).is_ok());
    assert!(sealer.open(&before, clock.now()).is_ok());
    clock.advance(Duration::from_mins(25));
    let macs = RingMacs::new(here);
    assert_eq!(
        macs.mac_with(&code.key_id, MacPurpose::PhoneCode, &[b"123456"]),
        Some(code.clone())
    );
    assert!(macs.macs(MacPurpose::PhoneCode, &[b"123456"]).contains(&code));
    clock.advance(Duration::from_hours(26));
    assert!(
        macs.mac_with(&code.key_id, MacPurpose::PhoneCode, &[b"123456"])
            .is_none()
    );
    assert_eq!(sealer.open(&before, clock.now()), Err(TokenRefusal::UnknownKey));
}

#[test]
fn strangers_make_the_file_be_read_once_a_second_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let clock = StoppedClock::at(START);
    let file = KeyRingFile::at(folder.path().join("ring"));
    file.write(&Keys::draw(&SystemEntropy, START)).unwrap();
    let live = LiveRing::from_file(file.read().unwrap(), file.clone(), Arc::new(clock.clone()));
    let live = Arc::new(live);
    let sealer = PasetoSealer::new(Arc::clone(&live));
    let stranger = PasetoSealer::new(ring()).seal(&claims_at(START));
    assert!(sealer.open(&stranger, START).is_err());
    file.update(|keys| Some(keys.with_new(&[KeyPurpose::Token], &SystemEntropy, START)))
        .unwrap();
    assert!(sealer.open(&stranger, START).is_err());
    assert_eq!(live.keys().ring().of(KeyPurpose::Token).count(), 1);
    clock.advance(Duration::from_secs(1));
    assert!(sealer.open(&stranger, START).is_err());
    assert_eq!(live.keys().ring().of(KeyPurpose::Token).count(), 2);
}

#[test]
fn a_ring_that_was_spoilt_while_running_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = KeyRingFile::at(folder.path().join("ring"));
    file.write(&Keys::draw(&SystemEntropy, START)).unwrap();
    let live = LiveRing::from_file(
        file.read().unwrap(),
        file.clone(),
        Arc::new(StoppedClock::at(START)),
    );
    let before = live.keys().ring().clone();
    std::fs::write(file.path(), "{").unwrap();
    assert!(live.reread().is_err());
    std::fs::remove_file(file.path()).unwrap();
    assert!(live.reread().is_err());
    assert_eq!(*live.keys().ring(), before);
}

proptest! {
    #[test]
    fn what_is_no_token_is_refused_quietly(text in "\\PC{0,300}", tail in "[A-Za-z0-9_-]{0,300}(\\.[A-Za-z0-9_-]{0,60})?") {
        let sealer = PasetoSealer::new(ring());
        prop_assert!(sealer.open(&text, START).is_err());
        let token = format!("v4.local.{tail}");
        prop_assert!(sealer.open(&token, START.plus(Duration::from_secs(1))).is_err());
    }
}
