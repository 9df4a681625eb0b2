//! Accounts: registering, signing in, and everything that changes an account afterwards.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod devices;
mod mailed_links;
mod sessions;
mod sign_in;

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    account::{
        ChangePasswordError, LoginError, OwnPasswordError, RegisterError, ResetPasswordError,
        password::PasswordAttempt,
    },
    privacy::Privacy,
};
use thunderbird_testkit::accounts::{TestAccounts, new_password, refresh_token};

const RIGHT: &str = "kea nest on the ridge";
const WRONG: &str = "not the kea's password";
const OTHER: &str = "a tarn below the saddle";

fn attempt(password: &str) -> PasswordAttempt {
    PasswordAttempt::parse(password).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_registrations_of_one_address_one_is_made_with_one_hash() {
    let world = Arc::new(TestAccounts::with(|rules| rules.registrations_per_hour = 1000));
    let racing: Vec<_> = (0..100)
        .map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.try_register("ada", RIGHT, 7).await })
        })
        .collect();
    let mut made = 0;
    for one in racing {
        match one.await.unwrap() {
            Ok(_) => made += 1,
            Err(RegisterError::EmailTaken) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((made, world.hasher.hashed()), (1, 1));
}

#[tokio::test]
async fn registrations_are_counted_per_source_and_may_be_closed() {
    let world = TestAccounts::with(|rules| rules.registrations_per_hour = 2);
    for name in ["ada", "grace"] {
        world.try_register(name, RIGHT, 7).await.unwrap();
    }
    let third = world.try_register("joan", RIGHT, 7).await;
    assert!(
        matches!(third, Err(RegisterError::Throttled { retry_after }) if retry_after == Duration::from_hours(1))
    );
    world.try_register("joan", RIGHT, 8).await.unwrap();
    world.clock.advance(Duration::from_hours(1));
    world.try_register("mary", RIGHT, 7).await.unwrap();
    let closed = TestAccounts::with(|rules| rules.registration_open = false);
    assert!(matches!(
        closed.try_register("ada", RIGHT, 7).await,
        Err(RegisterError::Closed)
    ));
    assert_eq!(closed.hasher.hashed(), 0);
}

#[tokio::test]
async fn a_changed_password_ends_every_other_session_and_open_reset_links() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    world.accounts.forgot_password(&ada.email).await.unwrap();
    let link = world.mailed_token();
    let (here, there) = (
        world.login("ada", RIGHT).await.unwrap(),
        world.login("ada", RIGHT).await.unwrap(),
    );
    let caller = world.caller(&here).await;
    let refused = world
        .accounts
        .change_password(caller, &attempt(WRONG), &new_password(OTHER))
        .await;
    assert!(matches!(
        refused,
        Err(ChangePasswordError::Current(OwnPasswordError::Wrong))
    ));
    let weak = world
        .accounts
        .change_password(caller, &attempt(RIGHT), &new_password("password1"))
        .await;
    assert!(matches!(weak, Err(ChangePasswordError::New(_))));
    assert!(world.lets_in(&there).await, "a refusal changes nothing");
    world
        .accounts
        .change_password(caller, &attempt(RIGHT), &new_password(OTHER))
        .await
        .unwrap();
    assert_eq!(
        (world.lets_in(&here).await, world.lets_in(&there).await),
        (true, false)
    );
    assert!(world.login("ada", RIGHT).await.is_err());
    world.login("ada", OTHER).await.unwrap();
    let spent = world.accounts.reset_password(&link, &new_password(RIGHT)).await;
    assert!(matches!(spent, Err(ResetPasswordError::Refused)));
    assert!(world.mails().last().unwrap().1.contains("was changed"));
}

#[tokio::test]
async fn a_stolen_session_guesses_the_password_no_faster_than_a_login() {
    let world = TestAccounts::default();
    world.register("ada", RIGHT).await;
    let caller = world.caller(&world.login("ada", RIGHT).await.unwrap()).await;
    for _ in 0..5 {
        let _ = world
            .accounts
            .change_password(caller, &attempt(WRONG), &new_password(OTHER))
            .await;
    }
    let hashed = world.hasher.verified();
    let closed = world
        .accounts
        .change_password(caller, &attempt(RIGHT), &new_password(OTHER))
        .await;
    assert!(matches!(
        closed,
        Err(ChangePasswordError::Current(OwnPasswordError::Throttled { .. }))
    ));
    assert_eq!(world.hasher.verified(), hashed);
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_address_is_free() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    let grant = world.login("ada", RIGHT).await.unwrap();
    let caller = world.caller(&grant).await;
    let privacy = Privacy {
        accounts: Arc::clone(&world.accounts),
        store: Arc::new(world.store.clone()),
        exports: thunderbird_domain::privacy::Exports::default(),
    };
    assert!(privacy.delete_account(caller, &attempt(WRONG)).await.is_err());
    assert!(world.lets_in(&grant).await);
    let (export, place) = privacy.export(caller).await.unwrap();
    assert!(privacy.export(caller).await.is_err(), "one at a time");
    drop(place);
    assert_eq!((export.account.id, export.sessions.len()), (ada.id, 1));
    privacy.delete_account(caller, &attempt(RIGHT)).await.unwrap();
    assert!(!world.lets_in(&grant).await);
    assert!(world.accounts.refresh(&refresh_token(&grant)).await.is_err());
    assert!(matches!(
        world.login("ada", RIGHT).await,
        Err(LoginError::Refused)
    ));
    assert!(world.register("ada", OTHER).await.id > ada.id);
}
