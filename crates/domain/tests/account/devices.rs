//! Known devices: failures elsewhere do not keep them out, their own keep only them out, and no other token helps.

use std::time::Duration;

use futures_util::FutureExt as _;
use thunderbird_domain::{
    account::{DEVICE_KEPT, Grant, LoginError, OpaqueToken, SignInQueue},
    audit::Actor,
    limit::LimitKey,
    secret::MacPurpose,
};
use thunderbird_testkit::accounts::{TestAccounts, device_token, new_password, refresh_token};

use crate::{OTHER, RIGHT, WRONG};

const ADA: &str = "ada@example.org";

/// A service whose sources may fail often, so that only identifiers and devices are looked at.
async fn with_ada() -> TestAccounts {
    let world = TestAccounts::with(|rules| rules.login_failures_per_10_min = 1000);
    world.register("ada", RIGHT).await;
    world
}

fn waits(result: &Result<Grant, LoginError>) -> Option<u64> {
    match result {
        Err(LoginError::Throttled { retry_after }) => Some(retry_after.as_secs()),
        Err(LoginError::Refused) | Ok(_) => None,
        Err(other) => panic!("{other}"),
    }
}

async fn fail(world: &TestAccounts, device: Option<&OpaqueToken>, times: usize) {
    for _ in 0..times {
        let failed = world.login_on(device.cloned(), 9, ADA, WRONG).await;
        assert!(matches!(failed, Err(LoginError::Refused)), "{failed:?}");
    }
}

#[tokio::test]
async fn failures_elsewhere_do_not_keep_a_known_device_out() {
    let world = with_ada().await;
    let device = device_token(&world.login("ada", RIGHT).await.unwrap());
    fail(&world, None, 5).await;
    assert_eq!(waits(&world.login("ada", RIGHT).await), Some(30));
    let back = world.login_on(Some(device.clone()), 2, ADA, RIGHT).await.unwrap();
    assert_eq!(
        device_token(&back).digest(),
        device.digest(),
        "it keeps its token"
    );
    assert_eq!(
        waits(&world.login("ada", RIGHT).await),
        Some(30),
        "whoever guessed elsewhere waits on"
    );
    let refreshed = world.accounts.refresh(&refresh_token(&back)).await.unwrap();
    assert!(refreshed.device_token.is_none(), "only a sign-in gives one");
}

#[tokio::test]
async fn a_device_s_own_failures_keep_it_out_by_the_same_curve_and_nothing_else() {
    let world = with_ada().await;
    let [mine, other] = [
        device_token(&world.login("ada", RIGHT).await.unwrap()),
        device_token(&world.login("ada", RIGHT).await.unwrap()),
    ];
    fail(&world, Some(&mine), 5).await;
    let mut curve = Vec::new();
    for _ in 0..3 {
        let hashed = world.hasher.verified();
        let wait = waits(&world.login_on(Some(mine.clone()), 9, ADA, RIGHT).await).unwrap();
        assert_eq!(world.hasher.verified(), hashed, "it costs no hash");
        world.clock.advance(Duration::from_secs(wait));
        fail(&world, Some(&mine), 1).await;
        curve.push(wait);
    }
    assert_eq!(curve, [30, 60, 120]);
    world.login("ada", RIGHT).await.unwrap();
    world.login_on(Some(other), 3, ADA, RIGHT).await.unwrap();
    world.clock.advance(Duration::from_mins(4));
    world.login_on(Some(mine.clone()), 9, ADA, RIGHT).await.unwrap();
    fail(&world, Some(&mine), 5).await;
}

/// Every token that is not the account's own known device's, by name.
async fn tokens_of_no_device(world: &TestAccounts) -> Vec<(&'static str, OpaqueToken)> {
    world.register("grace", RIGHT).await;
    let foreign = device_token(&world.login("grace", RIGHT).await.unwrap());
    let grant = world.login("ada", RIGHT).await.unwrap();
    let (refresh, forgotten) = (refresh_token(&grant), device_token(&grant));
    let caller = world.caller(&grant).await;
    world.accounts.log_out_everywhere(caller).await.unwrap();
    let never_given = OpaqueToken::parse(&"5".repeat(64)).unwrap();
    vec![
        ("another account's", foreign),
        ("a refresh token", refresh),
        ("forgotten", forgotten),
        ("never given out", never_given),
    ]
}

#[tokio::test]
async fn a_token_of_another_account_or_of_no_device_is_no_token() {
    let world = with_ada().await;
    for (name, token) in tokens_of_no_device(&world).await {
        for nth in 0..5 {
            let hashed = world.hasher.verified();
            let device = (nth % 2 == 0).then(|| token.clone());
            let failed = world.login_on(device, 9, ADA, WRONG).await;
            assert!(matches!(failed, Err(LoginError::Refused)), "{name}");
            assert_eq!(world.hasher.verified() - hashed, 1, "{name}");
        }
        let closed = world.login_on(Some(token.clone()), 9, ADA, RIGHT).await;
        assert_eq!(waits(&closed), Some(30), "{name}");
        world.clock.advance(Duration::from_secs(30));
        let inside = world.login_on(Some(token.clone()), 9, ADA, RIGHT).await.unwrap();
        assert_ne!(device_token(&inside).digest(), token.digest(), "{name}");
    }
    let foreign = world.login("grace", RIGHT).await.unwrap();
    let foreign = Some(device_token(&foreign));
    for unknown in ["nobody@example.org", "no address"] {
        for _ in 0..5 {
            let failed = world.login_on(foreign.clone(), 9, unknown, WRONG).await;
            assert!(matches!(failed, Err(LoginError::Refused)), "{unknown}");
        }
        let closed = world.login_on(foreign.clone(), 9, unknown, WRONG).await;
        assert_eq!(waits(&closed), Some(30), "{unknown}");
    }
}

#[tokio::test]
async fn a_device_is_known_until_half_a_year_after_its_last_sign_in() {
    let world = with_ada().await;
    let device = device_token(&world.login("ada", RIGHT).await.unwrap());
    let short = Duration::from_secs(1);
    for _ in 0..2 {
        world.clock.advance(DEVICE_KEPT.saturating_sub(short));
        fail(&world, None, 5).await;
        world.login_on(Some(device.clone()), 2, ADA, RIGHT).await.unwrap();
    }
    world.clock.advance(DEVICE_KEPT);
    fail(&world, None, 5).await;
    let closed = world.login_on(Some(device.clone()), 2, ADA, RIGHT).await;
    assert_eq!(waits(&closed), Some(30));
}

/// How a device is forgotten.
#[derive(Debug, Clone, Copy)]
enum Way {
    SignedOutEverywhere,
    EndedFromAnother,
    Changed,
    Reset,
    EndedByOperator,
    Disabled,
}

/// Has the account do it; answers with the password that is right afterwards.
async fn forgotten(world: &TestAccounts, way: Way, grant: &Grant) -> &'static str {
    let accounts = &world.accounts;
    let other = world.login("ada", RIGHT).await.unwrap();
    let (caller, there) = (world.caller(&other).await, world.caller(grant).await);
    match way {
        Way::SignedOutEverywhere => accounts.log_out_everywhere(caller).await.unwrap(),
        Way::EndedFromAnother => accounts.end_session(caller, there.session_id).await.unwrap(),
        Way::Changed => {
            let current = crate::attempt(RIGHT);
            accounts
                .change_password(caller, &current, &new_password(OTHER))
                .await
                .unwrap();
            return OTHER;
        }
        Way::Reset => {
            let ada = accounts.me(caller).await.unwrap();
            accounts.forgot_password(&ada.email).await.unwrap();
            let token = world.mailed_token();
            accounts
                .reset_password(&token, &new_password(OTHER))
                .await
                .unwrap();
            return OTHER;
        }
        Way::EndedByOperator => {
            accounts
                .end_sessions_of(caller.account_id, Actor::System)
                .await
                .unwrap();
        }
        Way::Disabled => {
            accounts.disable(caller.account_id, Actor::System).await.unwrap();
            accounts.enable(caller.account_id, Actor::System).await.unwrap();
        }
    }
    RIGHT
}

#[tokio::test]
async fn whoever_ends_the_sessions_of_a_device_has_it_forgotten() {
    for way in [
        Way::SignedOutEverywhere,
        Way::EndedFromAnother,
        Way::Changed,
        Way::Reset,
        Way::EndedByOperator,
        Way::Disabled,
    ] {
        let world = with_ada().await;
        let grant = world.login("ada", RIGHT).await.unwrap();
        let device = device_token(&grant);
        let password = forgotten(&world, way, &grant).await;
        fail(&world, None, 5).await;
        let closed = world.login_on(Some(device), 2, ADA, password).await;
        assert_eq!(waits(&closed), Some(30), "{way:?}");
    }
}

#[tokio::test]
async fn whoever_signs_out_stays_known() {
    let world = with_ada().await;
    let grant = world.login("ada", RIGHT).await.unwrap();
    world.accounts.log_out(world.caller(&grant).await).await.unwrap();
    fail(&world, None, 5).await;
    world
        .login_on(Some(device_token(&grant)), 2, ADA, RIGHT)
        .await
        .unwrap();
}

/// Sign-ins of the address from elsewhere wait in a queue of their own.
#[tokio::test]
async fn who_waits_elsewhere_keeps_no_known_device_waiting() {
    let world = with_ada().await;
    let device = device_token(&world.login("ada", RIGHT).await.unwrap());
    let accounts = &world.accounts;
    let parts: [&[u8]; 2] = [b"login", ADA.as_bytes()];
    let identifier = LimitKey::login_identifier(&accounts.macs.mac(MacPurpose::LoginIdentifier, &parts));
    let elsewhere = SignInQueue::Identifier(identifier.subject().to_vec());
    let held = accounts.signing_in.lock(&elsewhere).await;
    assert!(world.login("ada", RIGHT).now_or_never().is_none(), "it waits");
    world.login_on(Some(device), 2, ADA, RIGHT).await.unwrap();
    drop(held);
    world.login("ada", RIGHT).await.unwrap();
}
