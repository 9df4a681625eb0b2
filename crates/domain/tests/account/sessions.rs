//! Sessions: their limit, their list, and every way in which they end.

use std::time::Duration;

use thunderbird_domain::{
    account::{EndReason, SESSIONS_PER_ACCOUNT},
    audit::Actor,
};
use thunderbird_testkit::accounts::{TestAccounts, new_password, refresh_token};

use crate::{OTHER, RIGHT};

#[tokio::test]
async fn the_eleventh_session_ends_the_one_that_was_idle_for_longest() {
    let world = TestAccounts::with(|rules| rules.access_token_life = Duration::from_hours(1));
    world.register("ada", RIGHT).await;
    let mut grants = Vec::new();
    for _ in 0..SESSIONS_PER_ACCOUNT {
        grants.push(world.login("ada", RIGHT).await.unwrap());
        world.clock.advance(Duration::from_mins(1));
    }
    assert!(world.lets_in(&grants[0]).await);
    world.login("ada", RIGHT).await.unwrap();
    assert!(!world.lets_in(&grants[1]).await);
    for (number, grant) in grants.iter().enumerate().filter(|(number, _)| *number != 1) {
        assert!(world.lets_in(grant).await, "{number}");
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_and_all_at_once() {
    let world = TestAccounts::default();
    world.register("ada", RIGHT).await;
    world.register("grace", RIGHT).await;
    let (one, two) = (
        world.login("ada", RIGHT).await.unwrap(),
        world.login("ada", RIGHT).await.unwrap(),
    );
    let hers = world.login("grace", RIGHT).await.unwrap();
    let (caller, other) = (world.caller(&one).await, world.caller(&two).await);
    let listed = world.accounts.list_sessions(caller).await.unwrap();
    assert_eq!(
        listed.iter().map(|session| session.id).collect::<Vec<_>>(),
        [other.session_id, caller.session_id]
    );
    let foreign = world.caller(&hers).await.session_id;
    assert!(world.accounts.end_session(caller, foreign).await.is_err());
    world
        .accounts
        .end_session(caller, other.session_id)
        .await
        .unwrap();
    assert!(
        world
            .accounts
            .end_session(caller, other.session_id)
            .await
            .is_err()
    );
    assert_eq!(
        (world.lets_in(&one).await, world.lets_in(&two).await),
        (true, false)
    );
    assert!(world.accounts.refresh(&refresh_token(&two)).await.is_err());
    let three = world.login("ada", RIGHT).await.unwrap();
    world.accounts.log_out(caller).await.unwrap();
    assert_eq!(
        (world.lets_in(&one).await, world.lets_in(&three).await),
        (false, true)
    );
    let last = world.caller(&three).await;
    world.accounts.log_out_everywhere(last).await.unwrap();
    assert_eq!(
        (world.lets_in(&three).await, world.lets_in(&hers).await),
        (false, true)
    );
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_back_only_by_signing_in_again() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    world.accounts.forgot_password(&ada.email).await.unwrap();
    let link = world.mailed_token();
    let grant = world.login("ada", RIGHT).await.unwrap();
    world.accounts.disable(ada.id, Actor::System).await.unwrap();
    assert!(!world.lets_in(&grant).await);
    assert!(world.accounts.refresh(&refresh_token(&grant)).await.is_err());
    assert!(
        world
            .accounts
            .reset_password(&link, &new_password(OTHER))
            .await
            .is_err()
    );
    let mailed = world.mails().len();
    world.accounts.forgot_password(&ada.email).await.unwrap();
    assert_eq!(world.mails().len(), mailed);
    world.accounts.enable(ada.id, Actor::System).await.unwrap();
    assert!(!world.lets_in(&grant).await);
    world.login("ada", RIGHT).await.unwrap();
}

#[tokio::test]
async fn every_ended_session_says_why_in_the_audit() {
    let world = TestAccounts::default();
    world.register("ada", RIGHT).await;
    let (one, two) = (
        world.login("ada", RIGHT).await.unwrap(),
        world.login("ada", RIGHT).await.unwrap(),
    );
    let caller = world.caller(&one).await;
    world
        .accounts
        .end_session(caller, world.caller(&two).await.session_id)
        .await
        .unwrap();
    world.accounts.log_out(caller).await.unwrap();
    let reasons: Vec<_> = world
        .store
        .audited()
        .iter()
        .filter(|event| event.action == "session.ended")
        .filter_map(|event| event.detail.iter().find(|(name, _)| *name == "reason").cloned())
        .map(|(_, reason)| reason)
        .collect();
    assert_eq!(
        reasons,
        [EndReason::EndedByOwner.as_str(), EndReason::LoggedOut.as_str()]
    );
}
