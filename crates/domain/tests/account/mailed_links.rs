//! The links that are mailed: resetting a password and verifying an address.

use std::time::Duration;

use thunderbird_domain::{
    account::{
        AccountChange, AccountStore as _, ForgotPasswordError, LoginError, OpaqueToken,
        ResendVerificationError, ResetPasswordError, VerifyEmailError,
    },
    email::Email,
    port::Commit,
};
use thunderbird_testkit::accounts::{TestAccounts, new_password, refresh_token};

use crate::{OTHER, RIGHT, WRONG, attempt};

#[tokio::test]
async fn an_account_without_a_password_signs_in_after_a_reset_only() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    let adopted = AccountChange::new(&ada, ada.created_at, |account| account.password = None);
    assert_eq!(world.store.change(adopted).await.unwrap(), Commit::Stored(()));
    assert!(matches!(
        world.login("ada", RIGHT).await,
        Err(LoginError::Refused)
    ));
    world.accounts.forgot_password(&ada.email).await.unwrap();
    world
        .accounts
        .reset_password(&world.mailed_token(), &new_password(OTHER))
        .await
        .unwrap();
    world.login("ada", OTHER).await.unwrap();
}

#[tokio::test]
async fn a_reset_link_works_once_is_the_newest_only_and_lives_thirty_minutes() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    let forgot = async || world.accounts.forgot_password(&ada.email).await.unwrap();
    let reset = async |token: &OpaqueToken| world.accounts.reset_password(token, &new_password(OTHER)).await;
    forgot().await;
    let older = world.mailed_token();
    forgot().await;
    let newest = world.mailed_token();
    assert!(matches!(reset(&older).await, Err(ResetPasswordError::Refused)));
    let weak = world
        .accounts
        .reset_password(&newest, &new_password("password1"))
        .await;
    assert!(
        matches!(weak, Err(ResetPasswordError::New(_))),
        "a weak password leaves the link good"
    );
    let session = world.login("ada", RIGHT).await.unwrap();
    for _ in 0..5 {
        let _ = world.login("ada", WRONG).await;
    }
    reset(&newest).await.unwrap();
    assert!(!world.lets_in(&session).await);
    world.login("ada", OTHER).await.unwrap();
    assert!(matches!(reset(&newest).await, Err(ResetPasswordError::Refused)));
    forgot().await;
    let late = world.mailed_token();
    world.clock.advance(Duration::from_mins(30));
    assert!(matches!(reset(&late).await, Err(ResetPasswordError::Refused)));
}

#[tokio::test]
async fn nobody_learns_from_a_reset_whether_an_address_has_an_account() {
    let world = TestAccounts::default();
    world.register("ada", RIGHT).await;
    let mailed = world.mails().len();
    let known = Email::parse("ada@example.org").unwrap();
    for raw in ["ada@example.org", "nobody@example.org"] {
        let email = Email::parse(raw).unwrap();
        for _ in 0..3 {
            world.accounts.forgot_password(&email).await.unwrap();
        }
        let fourth = world.accounts.forgot_password(&email).await;
        assert!(
            matches!(fourth, Err(ForgotPasswordError::Throttled { .. })),
            "{raw}"
        );
    }
    assert_eq!(world.mails().len(), mailed + 3);
    assert!(world.mails().iter().all(|(to, _)| to == known.as_str()));
    let look_alike = Email::parse("adа@example.org");
    assert!(look_alike.is_err(), "a Cyrillic twin is no address");
}

#[tokio::test]
async fn a_link_leads_to_the_configured_host_and_stands_in_the_fragment() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    world.accounts.forgot_password(&ada.email).await.unwrap();
    let text = world.mails().pop().unwrap().1;
    assert!(
        text.contains("\nhttps://hike.example.org/reset-password#token="),
        "{text}"
    );
    assert!(
        world.mails()[0]
            .1
            .contains("\nhttps://hike.example.org/verify-email#token=")
    );
}

#[tokio::test]
async fn an_address_is_verified_once_by_its_newest_link_within_a_day() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    let first = world.mailed_token();
    let caller = world.caller(&world.login("ada", RIGHT).await.unwrap()).await;
    world.accounts.resend_verification(caller).await.unwrap();
    let second = world.mailed_token();
    assert!(matches!(
        world.accounts.verify_email(&first).await,
        Err(VerifyEmailError::Refused)
    ));
    world.accounts.verify_email(&second).await.unwrap();
    assert!(matches!(
        world.accounts.verify_email(&second).await,
        Err(VerifyEmailError::Refused)
    ));
    let verified = world
        .store
        .by_id(ada.id)
        .await
        .unwrap()
        .unwrap()
        .email_verified_at;
    assert!(verified.is_some());
    let mailed = world.mails().len();
    world.accounts.resend_verification(caller).await.unwrap();
    assert_eq!(world.mails().len(), mailed, "a verified address needs no mail");
    world.register("grace", RIGHT).await;
    let late = world.mailed_token();
    world.clock.advance(Duration::from_hours(24));
    assert!(matches!(
        world.accounts.verify_email(&late).await,
        Err(VerifyEmailError::Refused)
    ));
}

#[tokio::test]
async fn a_token_of_one_mail_opens_no_other_door() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    let verify = world.mailed_token();
    world.accounts.forgot_password(&ada.email).await.unwrap();
    let reset = world.mailed_token();
    let refresh = refresh_token(&world.login("ada", RIGHT).await.unwrap());
    for token in [&verify, &refresh] {
        let refused = world.accounts.reset_password(token, &new_password(OTHER)).await;
        assert!(matches!(refused, Err(ResetPasswordError::Refused)));
    }
    for token in [&reset, &refresh] {
        assert!(matches!(
            world.accounts.verify_email(token).await,
            Err(VerifyEmailError::Refused)
        ));
    }
    for token in [&reset, &verify] {
        assert!(world.accounts.refresh(token).await.is_err());
        assert!(
            world
                .accounts
                .authenticate(token.reveal().expose())
                .await
                .is_err()
        );
    }
    world.accounts.refresh(&refresh).await.unwrap();
    world.accounts.verify_email(&verify).await.unwrap();
    world
        .accounts
        .reset_password(&reset, &new_password(OTHER))
        .await
        .unwrap();
}

#[tokio::test]
async fn without_a_mailer_no_mail_is_queued_and_the_routes_that_need_one_say_so() {
    let world = TestAccounts::with(|rules| rules.mail = None);
    let ada = world.register("ada", RIGHT).await;
    let caller = world.caller(&world.login("ada", RIGHT).await.unwrap()).await;
    let forgot = world.accounts.forgot_password(&ada.email).await;
    assert!(matches!(forgot, Err(ForgotPasswordError::NoMailer)));
    let resend = world.accounts.resend_verification(caller).await;
    assert!(matches!(resend, Err(ResendVerificationError::NoMailer)));
    world
        .accounts
        .change_password(caller, &attempt(RIGHT), &new_password(OTHER))
        .await
        .unwrap();
    assert!(world.mails().is_empty());
}
