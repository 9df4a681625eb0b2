//! Accounts: registering, signing in, and everything that changes an account afterwards.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    account::{
        AccountChange, AccountStore as _, ChangePasswordError, EndReason, ForgotPasswordError, Grant,
        LoginError, OpaqueToken, OwnPasswordError, RegisterError, ResendVerificationError,
        ResetPasswordError, SESSIONS_PER_ACCOUNT, VerifyEmailError, password::PasswordAttempt,
    },
    audit::Actor,
    email::Email,
    port::Commit,
    privacy::Privacy,
};
use thunderbird_testkit::{
    accounts::{TestAccounts, new_password, refresh_token},
    crypto::InstantHasher,
};

const RIGHT: &str = "kea nest on the ridge";
const WRONG: &str = "not the kea's password";
const OTHER: &str = "a tarn below the saddle";

fn waited(result: Result<Grant, LoginError>) -> Option<u64> {
    match result {
        Err(LoginError::Throttled { retry_after }) => Some(retry_after.as_secs()),
        Err(LoginError::Refused) | Ok(_) => None,
        Err(other) => panic!("{other}"),
    }
}

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
        ["account.registered", "login.failed", "login.failed"]
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
async fn a_deleted_account_is_gone_and_its_address_is_free() {
    let world = TestAccounts::default();
    let ada = world.register("ada", RIGHT).await;
    let grant = world.login("ada", RIGHT).await.unwrap();
    let caller = world.caller(&grant).await;
    let privacy = Privacy {
        accounts: Arc::clone(&world.accounts),
        store: Arc::new(world.store.clone()),
    };
    assert!(privacy.delete_account(caller, &attempt(WRONG)).await.is_err());
    assert!(world.lets_in(&grant).await);
    let export = privacy.export(caller).await.unwrap();
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
        [EndReason::EndedByOwner.name(), EndReason::LoggedOut.name()]
    );
}
