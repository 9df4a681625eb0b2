//! What every [`PasswordHasher`] promises.

use thunderbird_domain::{
    account::password::{Hashed, Password, PasswordAttempt, PasswordHash, PasswordHasher, Verified},
    email::Email,
};

fn password(raw: &str) -> Password {
    Password::parse(raw, &Email::parse("ada@example.org").unwrap()).unwrap()
}

async fn hashed(hasher: &impl PasswordHasher, raw: &str) -> PasswordHash {
    match hasher.hash(&password(raw)).await.unwrap() {
        Hashed::Done(hash) => hash,
        Hashed::Busy => panic!("an idle hasher is busy"),
    }
}

async fn verdict(hasher: &impl PasswordHasher, typed: &str, stored: Option<&PasswordHash>) -> Verified {
    let attempt = PasswordAttempt::parse(typed).unwrap();
    match hasher.verify(&attempt, stored).await.unwrap() {
        Hashed::Done(verified) => verified,
        Hashed::Busy => panic!("an idle hasher is busy"),
    }
}

/// Runs the suite.
pub async fn password_hasher<H: PasswordHasher>(fresh: impl AsyncFn() -> H) {
    a_hash_matches_its_password_and_no_other(&fresh().await).await;
    a_spelling_in_another_normal_form_matches(&fresh().await).await;
    nobody_matches_no_hash(&fresh().await).await;
    what_is_no_hash_matches_nobody(&fresh().await).await;
}

async fn a_hash_matches_its_password_and_no_other(hasher: &impl PasswordHasher) {
    let stored = hashed(hasher, "kea nest on high").await;
    assert_eq!(
        verdict(hasher, "kea nest on high", Some(&stored)).await,
        Verified::Match
    );
    for other in ["kea nest on high ", "Kea nest on high", "kea nest on hig", ""] {
        assert_eq!(
            verdict(hasher, other, Some(&stored)).await,
            Verified::NoMatch,
            "{other:?}"
        );
    }
    assert_ne!(
        hashed(hasher, "kea nest on high").await,
        stored,
        "a salt was used twice"
    );
    assert!(!hasher.is_weaker(&stored));
}

async fn a_spelling_in_another_normal_form_matches(hasher: &impl PasswordHasher) {
    let stored = hashed(hasher, "caf\u{e9} kea nest").await;
    assert_eq!(
        verdict(hasher, "cafe\u{301} kea nest", Some(&stored)).await,
        Verified::Match
    );
    assert_eq!(
        verdict(hasher, "cafe kea nest", Some(&stored)).await,
        Verified::NoMatch
    );
}

async fn nobody_matches_no_hash(hasher: &impl PasswordHasher) {
    for typed in ["kea nest on high", "cafe\u{301}", ""] {
        assert_eq!(verdict(hasher, typed, None).await, Verified::NoMatch);
    }
}

async fn what_is_no_hash_matches_nobody(hasher: &impl PasswordHasher) {
    for stored in [
        "",
        "kea nest on high",
        "$argon2id$",
        "$2b$12$abcdefghijklmnopqrstuv",
    ] {
        let stored = PasswordHash::from_stored(stored);
        assert_eq!(
            verdict(hasher, "kea nest on high", Some(&stored)).await,
            Verified::NoMatch
        );
    }
}
