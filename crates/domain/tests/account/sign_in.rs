//! Signing in: one verification for every attempt, throttles, and what the audit log keeps.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    account::{AccountChange, AccountStore as _, Grant, LoginError, RegisterError},
    audit::Actor,
    port::Commit,
};
use thunderbird_testkit::{accounts::TestAccounts, crypto::InstantHasher};

use crate::{RIGHT, WRONG};

fn waited(result: Result<Grant, LoginError>) -> Option<u64> {
    match result {
        Err(LoginError::Throttled { retry_after }) => Some(retry_after.as_secs()),
        Err(LoginError::Refused) | Ok(_) => None,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn exactly_one_verification_runs_whoever_signs_in() {
    let world = TestAccounts::default();
    world.register("ada", RIGHT).await;
    let disabled = world.register("grace", RIGHT).await;
    world.accounts.disable(disabled.id, Actor::System).await.unwrap();
    for (identifier, password) in [
        ("ada@example.org", RIGHT),
        ("ada@example.org", WRONG),
        ("nobody@example.org", WRONG),
        ("grace@example.org", RIGHT),
        ("no address at all", WRONG),
    ] {
        let before = world.hasher.verified();
        let result = world.login_from(1, identifier, password).await;
        assert_eq!(
            result.is_ok(),
            identifier.starts_with("ada") && password == RIGHT,
            "{identifier}"
        );
        assert_eq!(world.hasher.verified() - before, 1, "{identifier}");
    }
}

#[tokio::test]
async fn known_unknown_and_disabled_identifiers_share_one_throttle_curve_and_one_answer() {
    let world = TestAccounts::with(|rules| rules.login_failures_per_10_min = 1000);
    world.register("ada", RIGHT).await;
    let disabled = world.register("grace", RIGHT).await;
    world.accounts.disable(disabled.id, Actor::System).await.unwrap();
    let mut curves = Vec::new();
    for (source, name) in ["ada", "nobody", "grace"].into_iter().enumerate() {
        let source = u8::try_from(source).unwrap();
        let mut curve = Vec::new();
        for _ in 0..9 {
            let first = world
                .login_from(source, &format!("{name}@example.org"), WRONG)
                .await;
            assert_eq!(first.unwrap_err().to_string(), "incorrect e-mail or password");
            let (hashed, spelled) = (
                world.hasher.verified(),
                format!(" {}@Example.ORG", name.to_uppercase()),
            );
            if let Some(wait) = waited(world.login_from(source + 10, &spelled, WRONG).await) {
                assert_eq!(world.hasher.verified(), hashed, "a throttled login costs no hash");
                curve.push(wait);
                world.clock.advance(Duration::from_secs(wait));
            }
        }
        curves.push(curve);
    }
    assert_eq!(curves[0], [30, 60, 120, 240, 480, 960, 1920]);
    assert_eq!((&curves[1], &curves[2]), (&curves[0], &curves[0]));
}

#[tokio::test]
async fn a_throttled_identifier_is_closed_to_the_right_password_too_until_it_may_try_again() {
    let world = TestAccounts::default();
    world.register("ada", RIGHT).await;
    for _ in 0..5 {
        assert!(matches!(
            world.login("ada", WRONG).await,
            Err(LoginError::Refused)
        ));
    }
    assert_eq!(waited(world.login("ada", RIGHT).await), Some(30));
    world.clock.advance(Duration::from_secs(30));
    world.login("ada", RIGHT).await.unwrap();
    for _ in 0..5 {
        assert!(
            matches!(world.login("ada", WRONG).await, Err(LoginError::Refused)),
            "a success clears the counter"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixty_guesses_at_once_five_are_judged() {
    let world = Arc::new(TestAccounts::with(|rules| rules.login_failures_per_10_min = 1000));
    world.register("ada", RIGHT).await;
    let racing: Vec<_> = (0..60)
        .map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.login("ada", WRONG).await })
        })
        .collect();
    let mut judged = 0;
    for one in racing {
        judged += usize::from(matches!(one.await.unwrap(), Err(LoginError::Refused)));
    }
    assert_eq!(judged, 5);
}

#[tokio::test]
async fn twenty_failures_from_one_source_close_it_for_every_identifier() {
    let world = TestAccounts::default();
    world.register("ada", RIGHT).await;
    for number in 0..20 {
        let refused = world
            .login_from(9, &format!("guess-{number}@example.org"), WRONG)
            .await;
        assert!(matches!(refused, Err(LoginError::Refused)));
    }
    assert_eq!(
        waited(world.login_from(9, "ada@example.org", RIGHT).await),
        Some(600)
    );
    world.login_from(10, "ada@example.org", RIGHT).await.unwrap();
    world.clock.advance(Duration::from_mins(10));
    world.login_from(9, "ada@example.org", RIGHT).await.unwrap();
}

#[tokio::test]
async fn a_failed_login_is_audited_without_telling_what_was_typed() {
    let world = TestAccounts::default();
    world.register("ada", RIGHT).await;
    let _ = world.login("ada", "canary of a password").await;
    let _ = world.login("canary", WRONG).await;
    let audit = format!("{:?}", world.store.audited());
    assert_eq!(
        world.audited(),
        ["account.registered", "login.failed"],
        "what anybody types leaves no line"
    );
    assert!(!audit.contains("canary") && !audit.contains("ada@"), "{audit}");
}

#[tokio::test]
async fn a_busy_hasher_turns_everybody_away_alike_and_counts_nothing() {
    let world = TestAccounts::default();
    world.register("ada", RIGHT).await;
    world.hasher.set_busy(true);
    for name in ["ada", "nobody"] {
        for _ in 0..7 {
            assert!(matches!(world.login(name, WRONG).await, Err(LoginError::Busy)));
        }
    }
    assert!(matches!(
        world.try_register("grace", RIGHT, 3).await,
        Err(RegisterError::Busy)
    ));
    world.hasher.set_busy(false);
    world.login("ada", RIGHT).await.unwrap();
    world.try_register("grace", RIGHT, 3).await.unwrap();
}

#[tokio::test]
async fn a_weak_hash_is_replaced_at_login_and_a_strong_one_is_not() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    let weak = InstantHasher::weak_hash(RIGHT);
    let change = AccountChange::new(&ada, ada.created_at, |account| {
        account.password = Some(weak.clone());
    });
    assert_eq!(world.store.change(change).await.unwrap(), Commit::Stored(()));
    let _ = world.login("ada", WRONG).await;
    let stored = async || {
        world
            .store
            .by_id(ada.id)
            .await
            .unwrap()
            .unwrap()
            .password
            .unwrap()
    };
    assert!(stored().await == weak);
    world.login("ada", RIGHT).await.unwrap();
    let strong = stored().await;
    assert!(strong != weak);
    world.login("ada", RIGHT).await.unwrap();
    assert!(stored().await == strong);
}
